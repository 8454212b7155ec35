* source: LANGUAGE 1.5 (rows of a trace: - as written, = expanded, two blanks for what is skipped)
* covers: set trace, set tracedepth, program, syntax
program foo
    syntax varlist [, mean]
    if "`mean'" == "" {
        count if `varlist' > 1
    }
    else {
        local mean 3
    }
    forvalues i = 1/2 {
        bar `i'
    }
end
program bar
    args x
    display "bar `x'"
end
set obs 3
generate x = _n
set trace on
set tracesep off
set tracedepth 1
foo x
set tracedepth 2
bar 1
set trace off
foo x, mean
