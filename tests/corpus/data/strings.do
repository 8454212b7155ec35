* source: values by hand
* covers: generate, replace, split, encode, decode, destring, tostring
clear
input str20 name str6 code
"Smith, Ann" "1"
"Jones, Bob" "22"
"Lee, Cy" "x3"
end
split name, parse(", ") generate(part)
list part1 part2, noobs
generate initial = substr(part2, 1, 1) + "."
generate long n = length(name)
replace name = upper(part1) if n > 8
encode part1, generate(family)
label list family
tabulate family
destring code, generate(number) force
list code number, noobs clean
tostring number, replace
describe number
decode family, generate(again)
assert again == part1
capture noisily destring code, replace
describe code
