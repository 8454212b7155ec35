* source: LANGUAGE 4.1 (errors of braces and their codes)
* covers: forvalues
forvalues i = 1/3
{
display 1
}
