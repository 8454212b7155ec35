* source: LANGUAGE 4.1 (errors of braces and their codes)
* covers: while
while 1 { display 1
}
