* source: LANGUAGE 14 (texts of return codes)
* covers: error, exit, capture
foreach code of numlist 1 3/5 9 18 100/103 107/109 111 119 198 301 321 401 402 459 503 505 601 604 606 612 2000 2001 {
    capture noisily error `code'
    assert _rc == `code'
}
capture noisily error 0
display _rc
program leave
    exit 45
end
capture noisily leave
display _rc
