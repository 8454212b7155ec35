* source: [D] range; [D] drawnorm (means and sds as numbers)
* covers: range, drawnorm
capture noisily range x 0 1
range x 0 1 5
range y 1 -1
range z _pi 2*_pi 3
list
capture noisily range x 0 1
capture noisily range w 0
capture noisily range w 0 .
capture noisily range w 0 "a"
capture noisily range 2w 0 1
capture noisily range w 1 2 2.5
range big 0 10 11
summarize
drawnorm a b, n(2000) clear means(100 -100) sds(1, 2)
quietly summarize a
assert abs(r(mean) - 100) < .2 & abs(r(sd) - 1) < .1
quietly summarize b
assert abs(r(mean) + 100) < .4 & abs(r(sd) - 2) < .2
capture noisily drawnorm c d, means(1)
