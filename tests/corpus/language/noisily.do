* source: LANGUAGE 1.6 (quietly, noisily and capture in each other)
* covers: quietly, noisily, capture, error
quietly {
    display "hidden"
    noisily display "shown"
}
quietly noisily display "shown too"
capture {
    display "hidden"
    error 111
    display "never"
}
display _rc
capture noisily {
    display "before"
    error 9
    display "never"
}
display _rc
quietly capture noisily error 601
display _rc
capture display "fine"
display _rc
program speaks
    display "inside"
    noisily display "noisily inside"
end
speaks
