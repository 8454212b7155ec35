* source: LANGUAGE 12 (order of operators, missing values, functions), values worked out by hand
* covers: display, generate
display 2^3^2 " " -2^2 " " 1 + 2 * 3
display 7 > 3 & 2 > 3 | 1
display 1/0 " " ln(-1) " " exp(1000)
display . > 1e300
display .a > .
display missing(1, ., 3) missing("") missing(0)
display inlist(3, 1, 2, 3) inlist("b", "a", "c")
display inrange(., 1, 2) inrange(5, ., 9) inrange(5, 1, .)
display cond(1, 2, 3) cond(., 2, 3) cond(0, 2, 3) cond(., 2, 3, 4)
display max(1, ., 3) min(., 2)
display round(2.5) " " round(-2.5) " " round(3.14159, .01) " " mod(-7, 3)
display string(3.14159, "%9.2f") "|" substr("abcdef", 2, 3) "|" substr("abc", -2, 1)
display upper("aB") lower("aB") length("abc") strpos("banana", "an")
display word("one two three", 2) wordcount("a b  c") trim("  x ") reverse("abc")
display subinstr("aaa", "a", "b", 2) subinword("in in", "in", "out", 1)
display regexm("abc123", "[0-9]+") regexs(0)
display real("1e3") real("x") 
display int(-2.7) floor(-2.7) ceil(-2.7) abs(-3) sign(-2)
display comb(5, 2) " " exp(lnfactorial(5)) " " sqrt(16) " " logit(.5)
display normal(0) " " %8.6f normal(1.959964) " " %8.6f invnormal(.975)
display %7.5f chi2tail(1, 3.841459) " " %7.5f ttail(10, 2.228139) " " %7.5f Ftail(2, 10, 4.102821)
capture noisily display "a" * 2
capture noisily display nosuch + 1
capture noisily display nosuch(1)
