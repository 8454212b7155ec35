* source: the same seed gives the same draws; bounds that every draw keeps
* covers: simulate, set seed, program
program draw, rclass
    syntax , n(integer)
    clear
    quietly set obs `n'
    tempvar u
    generate double `u' = runiform()
    quietly summarize `u'
    return scalar mean = r(mean)
    return scalar n = r(N)
end
set seed 42
quietly simulate mean = r(mean) n = r(n), reps(5): draw, n(10)
assert mean > 0 & mean < 1 & n == 10
count
generate double first = mean
tempfile one
quietly save `one'
set seed 42
quietly simulate again = r(mean), reps(5): draw, n(10)
quietly merge 1:1 _n using `one', nogenerate
assert again == first
display "reproducible"
