* source: layout of list [S grid]; values typed in the file
* covers: list, format
clear
input str10 name double x int n
"a" 1.5 10
"bb" -2.25 200
"ccc" . 3000
end
list
list, noobs clean
list name x in 2/3
list x if n > 100, noobs
format x %6.1f
format name %-10s
list, separator(1)
list, abbreviate(5)
list, table noheader
