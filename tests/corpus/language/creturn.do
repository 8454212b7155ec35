* source: LANGUAGE 2.4 (values of c() that do not depend on the machine), 13.1 (settings come back through c())
* covers: creturn list, set, query
display c(pi)
display "`c(alpha)'"
display "`c(Mons)'"
display c(maxbyte) " " c(maxint) " " c(maxlong)
display c(minbyte) " " c(minint) " " c(minlong)
display c(namelen) " " c(max_matsize) " " c(min_matsize)
assert c(epsdouble) == 2^-52
assert c(maxdouble) == 8.988465674311579e+307
set level 90
set linesize 60
display c(level) " " c(linesize)
set matsize 800
display c(matsize)
set type double
generate x = 1
display "`c(type)'"
query memory
