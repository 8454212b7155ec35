* source: means and counts of typed values by hand
* covers: foreach, levelsof, matrix, display, forvalues
clear
input str6 arm y
"a" 1
"a" 3
"b" 10
"b" 20
"b" 30
end
levelsof arm, local(arms) clean
local k : word count `arms'
matrix T = J(`k', 2, .)
local i 0
foreach arm of local arms {
    local ++i
    quietly summarize y if arm == "`arm'"
    matrix T[`i', 1] = r(mean)
    matrix T[`i', 2] = r(N)
}
matrix rownames T = `arms'
matrix colnames T = mean n
matrix list T, noheader
display as text "{hline 20}"
forvalues i = 1/`k' {
    display as text %-8s word("`arms'", `i') as result %6.1f T[`i', 1] %6.0f T[`i', 2]
}
display as text "{hline 20}"
