* source: R 4.2 hclust, cutree, kmeans (tests/commands/multivariate/test_cluster.py)
* covers: cluster, stepwise
* digits: 6
clear
set obs 14
generate double x = sin(_n*2) + 3*(_n > 7)
generate double z = cos(_n^2) + 2*mod(_n, 2)
cluster wardslinkage x z
cluster generate g = groups(3)
cluster stop
cluster kmeans x z, k(3) start(firstk) name(km)
cluster list
tabulate g km
list x z g km in 1/5
generate y = x + .2*z + sin(_n^2*1.1)
stepwise, pr(.3): regress y x z i.g
capture noisily cluster generate q = groups(20)
