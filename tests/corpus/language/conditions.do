* source: LANGUAGE 1.4 and 4.2 (an `if` block runs as it goes, without blank lines; what is not taken is echoed)
* covers: if, else, local
local i 5
if `i' == 5 {
    display "five"
    foreach x in 1 2 {
        display `x'
    }
    if `i' > 9 {
        display "never"
    }
    * a comment

    else if `i' > 3 {
        display "more than three"
    }
    else {
        display "never"
    }
}
else if `i++' {
    display "never"
}
else {
    display "never"
}
display `i'
if 0 display "no"
else display "yes"
if "`nothing'" == "" display "empty"
if 1 if 0 display "no"
if . {
    display "missing is true"
}
if "a" == `"a"' & !missing(3) display "both"
if (1) + 1 == 2 local i 7
display `i'
if 0 local i `++i'
display `i'
if 1 {
    use nosuch
    display "not run"
    forvalues j = 1/2 {
        display "not run"
    }
}
