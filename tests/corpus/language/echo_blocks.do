* source: LANGUAGE 1.4 (echo of if, else, loops inside, and of what is not taken)
* covers: if, else, foreach, while
if 1 == 1 {
    display "yes"
    foreach i in 1 2 {
        display `i'
    }
}
else {
    display "no"
}
if 0 {
    display "skipped"
    forvalues i = 1/2 {
        display "skipped"
    }
}
else if 1 {
    local i 3
    while `i' > 0 {
        local --i
        if mod(`i', 2) continue
        display `i'
    }
}
if 1 display "one line"
else display "never"
if . {
    display "missing is true"
}
noisily {
    display "in noisily"
}
