* source: LANGUAGE 15.6 to 15.9 (printed figures of %21.0g, %12.0gc, %8.0e, %21x)
* covers: display
display %21.0g 1/3
display %21.0g .1
display %21.0g 6165.257
display %21.0g .01
display %21.0g 1e18
display "[" %12.0gc 1234567.89 "]"
display "[" %8.0e 3.14159 "]"
display "[" %8.0e 1e100 "]"
display %9.3e 3.14
display %21x 0
display %21x 1
display %21x -2.5
display %21x 2^-1074
local third = 1/3
display "`third'"
local x = .94
display "`x'"
local x = 8.14
display "`x'"
local x = 1.1*10
display "`x'"
