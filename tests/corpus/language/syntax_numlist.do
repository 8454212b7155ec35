* source: LANGUAGE 6 (messages of numlist arguments)
* covers: syntax, capture
program p
    syntax , L(numlist integer min=2 max=3 >0)
    display "`l'"
end
p, l(3 1)
p, l(1/3)
capture noisily p, l(1)
display _rc
capture noisily p, l(1/4)
display _rc
capture noisily p, l(0 1)
display _rc
capture noisily p, l(1.5 2)
display _rc
capture noisily p, l(a)
display _rc
capture noisily p, l(1 .)
display _rc
program q
    syntax , [N(numlist ascending)]
    display "[`n']"
end
q, n(1 5 9)
capture noisily q, n(1 9 5)
display _rc
q
program wrong
    syntax , N(integer 5)
end
capture noisily wrong
display _rc
