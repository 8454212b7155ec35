* source: R 4.2 urca::ur.df, tseries::pp.test (tests/commands/inference/test_unit_roots.py)
* covers: dfuller, pperron, loneway, xtscc
* digits: 5
clear
set obs 80
generate t = _n
generate double y = sum(sin(_n^2*0.7)+0.3*cos(_n*1.9))
tsset t
dfuller y
dfuller y, trend lags(2) regress
assert reldif(r(Zt), -1.50822379779) < 1e-8
pperron y, trend
generate g = ceil(_n/8)
loneway y g
xtset g t
xtscc D.y L.y, fe
assert e(df_r) == 69
