* source: FORMAT.md on estat vce and matlist (bar, cells of the format's width with a blank at each side)
* covers: matlist
matrix A = (1, 2.5 \ -3, 1000)
matrix rownames A = first second
matrix colnames A = x _cons
matlist A
matlist A, format(%8.2f) title(A table) rowtitle(names) border(rows)
matlist A*A', nohalf
matlist A'*A
matrix colnames A = a:x b:x
matlist A
capture noisily matlist B
display _rc
