* source: LANGUAGE 4.1 (errors of braces and their codes)
* covers: foreach
foreach x in a b
display 1
