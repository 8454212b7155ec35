* source: LANGUAGE 8.2 to 8.4 (names, subscripts, messages); the figures are small sums and products by hand
* covers: matrix define, matrix input, matrix list, matrix dir, matrix drop, matrix rename, matrix rownames, matrix colnames, matrix roweq, matrix coleq
matrix define A = (1,2\3,4)
matrix list A
mat B = A'
mat list B
mat C = A*B + 2*I(2)
mat list C
matrix D = C[1..2, 1], J(2,1,7)
mat l D
matrix E = nullmat(E) \ (1,2,3)
matrix E = nullmat(E) \ (4,5,6)
mat l E
mat E[1,2] = 99
display E[1,2] " " rowsof(E) " " el(E,2,3) " " det(A)
matrix rownames E = a b
matrix colnames E = x y eq:z
mat l E
mat F = inv(A)
mat G = invsym(A'*A)
mat l G, format(%9.3f)
mat s = E["a","y"]
mat l s
mat K = A # I(2)
mat l K
matrix symeigen X v = G
mat s = E["a","y"]
mat l s
mat l s, noblank noheader nonames
matrix input Q = (1 2 3\ 4 5 .)
mat l Q, title(Counts)
mat K = A # I(2)
mat l K
scalar x = trace(A) + 1
mat Z = (x, sqrt(16), 2^3)
mat l Z
mat roweq E = first second
mat coleq E = m
mat l E
mat D = E["second:",1..2]
mat l D
mat N = (1,.z\2,3)
mat l N, nodotz
mat dir
cap noi mat A = A*E
cap noi mat Q = inv(Q)
cap noi mat l nothere
cap noi mat T = foo + 1
cap noi mat T =
cap noi mat T = (1,2\3)
cap noi mat T = A[1..5,1]
cap noi mat A[3,1] = 2
cap noi mat colnames A = a
cap noi mat T = cholesky(-A*A')
cap noi mat T = inv(J(2,2,1))
cap noi mat T = (1,2
display A[3,1]
mat rename Z ZZ
mat drop ZZ
cap noi mat drop ZZ
