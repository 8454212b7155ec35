* source: LANGUAGE 4.3 (64 levels; the message and r(1000)), 2.1 (macros in each other without end: r(920))
* covers: program, capture, global
program deep
    global depth = `1' + 1
    deep `=`1'+1'
end
capture noisily deep 0
display _rc
assert $depth < 65
program factorial, rclass
    args n
    if `n' <= 1 {
        return scalar value = 1
        exit
    }
    factorial `=`n'-1'
    return scalar value = `n' * r(value)
end
factorial 10
assert r(value) == 3628800
display r(value)
local a \`b'
local b \`a'
capture noisily {
    display "`a'"
}
display _rc
