* source: identities: frequency weights stand for repeated observations
* covers: regress, logit, summarize, expand
clear
input x y n
1 0 3
2 1 2
3 0 4
4 1 5
5 1 1
end
quietly regress y x [fw=n]
matrix b = e(b)
matrix V = e(V)
scalar N = e(N)
quietly logit y x [fw=n]
scalar ll = e(ll)
quietly summarize x [fw=n]
scalar sd = r(sd)
expand n
quietly regress y x
matrix c = e(b)
matrix W = e(V)
assert mreldif(b, c) < 1e-12 & mreldif(V, W) < 1e-12
assert N == e(N) & e(N) == 15
quietly logit y x
assert reldif(ll, e(ll)) < 1e-10
quietly summarize x
assert reldif(sd, r(sd)) < 1e-14
display "the same"
