* source: LANGUAGE 5.1 (what version sets ends with its program)
* covers: version, capture
version 12
version
version 10: display "as 10"
capture noisily version 9.2
display _rc
capture version x
display _rc
program p
    version 11
    display c(version)
end
p
display c(version)
