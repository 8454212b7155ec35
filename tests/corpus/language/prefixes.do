* source: LANGUAGE 1.4 and 1.6 (what is echoed of blocks behind prefixes, what capture catches)
* covers: quietly, noisily, capture
quietly {
    display "hidden"
    noisily display "shown"
}
capture {
    display "hidden"
    error 111
    noisily display "not run"
}
display _rc
capture noisily {
    display "shown"
    use nosuch
    display "not run"
}
display _rc
capture quietly {
    noisily display "shown"
}
display _rc
noisily {
    display 1
}
capture quietly forvalues i = 1/3 {
    if `i' == 2 error 198
    noisily display `i'
}
display _rc "|`i'|"
quietly {
    capture noisily {
        display "shown"
        noisily display "shown too"
    }
    capture foreach x in 1 2 {
        noisily display `x'
        exit 7
    }
}
