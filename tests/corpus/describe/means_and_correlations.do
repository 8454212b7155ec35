* source: by hand: of 1 2 4 8 16 the arithmetic mean is 6.2, the geometric 2^2 = 4, the harmonic 5/(31/16) = 2.580645
* source: R 4.2.2, x <- c(1,2,3,4,5,6), y <- c(2,1,4,3,7,5), z <- c(3,1,2,6,5,4): cor(x,y) .79179, cor(x,z) .6, cor(y,z) .54436;
* source: partial of x and y given z: .69318, of x and z given y .32981, -cov2cor(solve(cor))
* covers: ameans, pcorr, spearman, correlate
clear
input x
1
2
4
8
16
end
ameans x
return list
capture noisily ameans x if x < 0
display _rc
replace x = -1 in 1
ameans x
ameans x, add(2)
ameans x, add(2) only
clear
input x y z
1 2 3
2 1 1
3 4 2
4 3 6
5 7 5
6 5 4
end
correlate x y z
pcorr x y z
matrix list r(p_corr)
pcorr x z y in 1/5
capture noisily pcorr x
display _rc
capture noisily pcorr x y if z > 9
display _rc
