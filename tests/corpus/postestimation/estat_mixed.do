* source: FORMAT-estimation 2.2 (recovariance), 2.3 (icc); estat sd is our guess
* covers: estat recovariance, estat icc, estat sd, estat df
sysuse productivity
quietly xtmixed gsp private emp || region: || state: unemp, covariance(unstructured)
estat recovariance
estat recovariance, level(state) correlation format(%9.4f)
estat recovariance, relevel(region) title(Between regions)
return list
matrix list r(Cov1)
capture noisily estat recovariance, level(year)
capture noisily estat recovariance, format(%s)
estat sd
estat sd, variance verbose level(90)
capture noisily estat df
capture noisily estat df, method(kroger) eq post
quietly xtmixed gsp private || region: || state:
estat icc
return list
