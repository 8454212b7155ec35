# Figures of R for the estimators of econometrics, a file of them beside this one for each part.
# Run in the folder of this file: Rscript build.R PART. R 4.2 with pscl, maxLik, sandwich, quantreg, systemfit, plm, AER.
suppressMessages({library(jsonlite); library(numDeriv); library(mvtnorm)})
part <- commandArgs(TRUE)[1]
n <- 400; i <- 1:n
u <- function(a, b, k = i) abs(sin(k * a) * b) %% 1
d <- data.frame(id = ceiling(i / 8), t = (i - 1) %% 8 + 1, g = i %% 3 + 1)
d$area <- d$id %% 7
d$x <- qnorm(u(12.9898, 43758.5453)); d$u2 <- u(78.2330, 24634.6345); d$z <- qnorm(d$u2); d$v <- qnorm(u(39.4253, 56445.2345))
d$e <- 0.6 * d$v + 0.8 * qnorm(u(93.9737, 31415.9265)); d$a <- qnorm(u(17.1717, 21345.6789, d$id))
d$s <- as.numeric(0.3 + 0.5 * d$x + 0.8 * d$z + d$v > 0); d$y <- 1 + 0.7 * d$x + 1.5 * d$e
d$b1 <- as.numeric(0.2 + d$x + d$v > 0); d$b2 <- as.numeric(-0.1 + 0.5 * d$z + d$e > 0)
d$bh <- as.numeric(0.2 + d$x + exp(0.4 * d$z) * d$v > 0)
d$w <- 0.5 + 0.6 * d$z + 0.3 * d$x + d$v; d$bi <- as.numeric(0.1 + 0.7 * d$w - 0.3 * d$x + d$e > 0)
d$c <- floor(exp(0.5 + 0.5 * d$x + 0.5 * d$v)); d$u4 <- u(93.9737, 31415.9265); d$cz <- ifelse(-0.5 + d$z + qlogis(d$u4) > 0, 0, d$c)
d$yp <- 1 + 0.8 * d$x + d$a + d$e; d$yq <- 0.5 - 0.4 * d$z + 0.7 * d$e + 0.3 * d$v
d$cp <- floor(exp(0.4 + 0.4 * d$x + 0.5 * d$a + 0.4 * d$v))
d$cn <- floor(exp(0.8 + 0.4 * d$x + 0.5 * d$a + 1.1 * d$v))
d$yd <- d$yp; for (k in i) if (d$t[k] > 1) d$yd[k] <- 0.5 * d$yd[k - 1] + 0.5 * d$x[k] + d$a[k] + d$e[k]
D <- d; attach(D)
cases <- list(); setup <- ""
# b and se in the order of e(b); NULL se: none compared. tool: who made them.
add <- function(command, tool, b, se = NULL, ...) {
  cases[[length(cases) + 1]] <<- list(setup = setup, command = command, tool = tool, b = unname(b), se = unname(se), scalars = list(...))
}
# The maximum of a log likelihood (a vector over rows), and its standard errors: of the information, robust, by clusters.
maximum <- function(f, start, cluster = NULL, robust = FALSE) {
  total <- function(b) -sum(f(b))
  b <- optim(start, total, method = "BFGS", control = list(reltol = 1e-15, maxit = 2000))$par
  for (k in 1:4) b <- b - solve(hessian(total, b), grad(total, b))
  V <- solve(hessian(total, b))
  if (robust || !is.null(cluster)) {
    S <- jacobian(f, b)
    if (!is.null(cluster)) S <- rowsum(S, cluster)
    V <- V %*% crossprod(S) %*% V * nrow(S) / (nrow(S) - 1)
  }
  list(b = b, se = sqrt(diag(V)), ll = -total(b), V = V)
}
tool <- "the log likelihood written in R, optim and Newton with numDeriv"

# --- several equations
if (part == "equations") {
select_ll <- function(b) {
  xb <- b[1] * x + b[2]; zg <- b[3] * x + b[4] * z + b[5]; r <- tanh(b[6]); sg <- exp(b[7]); q <- (y - xb) / sg
  ifelse(s == 1, dnorm(q, log = TRUE) - log(sg) + pnorm((zg + r * q) / sqrt(1 - r^2), log.p = TRUE), pnorm(-zg, log.p = TRUE))
}
start <- c(.7, 1, .5, .8, .3, .5, .4)
m <- maximum(select_ll, start)
add("heckman ys x, select(s = x z)", tool, m$b, m$se, ll = m$ll)
m <- maximum(select_ll, start, cluster = id)
add("heckman ys x, select(s = x z) vce(cluster id)", tool, m$b, m$se)
m <- maximum(select_ll, start, robust = TRUE)
add("heckman ys x, select(s = x z) vce(robust)", tool, m$b, m$se)
# Two steps: probit and least squares; the variance by Heckman's formula with matrices of all rows.
pr <- glm(s ~ x + z, family = binomial("probit"), control = list(epsilon = 1e-15, maxit = 100))
zg <- predict(pr)[s == 1]; il <- dnorm(zg) / pnorm(zg); own <- lm(y[s == 1] ~ x[s == 1] + il)
dl <- il * (il + zg); bl <- coef(own)[3]; s2 <- sum(resid(own)^2) / length(il) + bl^2 * mean(dl); r2 <- bl^2 / s2
X <- model.matrix(own); Z <- cbind(1, x, z)[s == 1, ]
Vp <- {mu <- predict(pr); q <- 2 * s - 1; l <- q * dnorm(mu) / pnorm(q * mu); A <- cbind(1, x, z); solve(t(A) %*% (A * (l * (l + mu))))}
XX <- solve(crossprod(X)); Q <- r2 * t(X) %*% (Z * dl) %*% Vp %*% t(Z * dl) %*% X
V <- s2 * XX %*% (t(X) %*% (X * (1 - r2 * dl)) + Q) %*% XX
add("heckman ys x, select(s = x z) twostep", "glm and lm, Heckman's formula", c(coef(own)[c(2, 1)], coef(pr)[c(2, 3, 1)], bl),
    c(sqrt(diag(V))[c(2, 1)], sqrt(diag(Vp))[c(2, 3, 1)], sqrt(V[3, 3])), sigma = sqrt(s2), rho = unname(bl / sqrt(s2)))
library(pscl)
for (dist in c("poisson", "negbin")) for (link in c("logit", "probit")) {
  m <- suppressWarnings(zeroinfl(cz ~ x | z, dist = dist, link = link, reltol = 1e-15))
  th <- if (dist == "negbin") -log(m$theta) else NULL
  ll <- function(b) {
    mu <- exp(b[1] * x + b[2]); q <- b[3] * z + b[4]; pz <- if (link == "logit") plogis(q) else pnorm(q)
    f <- if (dist == "negbin") dnbinom(cz, mu = mu, size = exp(-b[5])) else dpois(cz, mu)
    log(ifelse(cz == 0, pz + (1 - pz) * f, (1 - pz) * f))
  }
  q <- maximum(ll, c(coef(m)[c(2, 1, 4, 3)], th))
  stopifnot(max(abs(q$b[1:4] - coef(m)[c(2, 1, 4, 3)])) < 1e-3)
  add(paste0(if (dist == "negbin") "zinb" else "zip", " cz x, inflate(z)", if (link == "probit") " probit"), paste("pscl zeroinfl, then", tool), q$b, q$se, ll = q$ll)
}
trunc_ll <- function(lo, hi) function(b) {
  mu <- b[1] * x + b[2]; k <- y > lo & y < hi
  (dnorm(y, mu, b[3], log = TRUE) - log(pnorm(hi, mu, b[3]) - pnorm(lo, mu, b[3])))[k]
}
m <- maximum(trunc_ll(0, Inf), c(.7, 1, 1.5)); add("truncreg y x, ll(0)", tool, m$b, m$se, ll = m$ll)
m <- maximum(trunc_ll(-1, 3), c(.7, 1, 1.5), robust = TRUE); add("truncreg y x, ll(-1) ul(3) vce(robust)", tool, m$b, m$se)
het_ll <- function(b) pnorm((2 * bh - 1) * (b[1] * x + b[2]) / exp(b[3] * z), log.p = TRUE)
m <- maximum(het_ll, c(1, .2, .4)); add("hetprob bh x, het(z)", tool, m$b, m$se, ll = m$ll)
bi_ll <- function(b) {
  q1 <- 2 * b1 - 1; q2 <- 2 * b2 - 1; r <- tanh(b[6])
  log(mapply(function(h, k, r) pmvnorm(upper = c(h, k), corr = matrix(c(1, r, r, 1), 2), algorithm = TVPACK(1e-15)), q1 * (b[1] * x + b[2]), q2 * (b[3] * x + b[4] * z + b[5]), q1 * q2 * r))
}
m <- maximum(bi_ll, c(1, .2, 0, .5, -.1, .5)); add("biprobit (b1 = x) (b2 = x z)", paste("mvtnorm,", tool), m$b, m$se, ll = m$ll)
iv_ll <- function(b) {
  xb <- b[1] * w + b[2] * x + b[3]; zp <- b[4] * x + b[5] * z + b[6]; r <- tanh(b[7]); sg <- exp(b[8]); q <- (w - zp) / sg
  dnorm(q, log = TRUE) - log(sg) + pnorm((2 * bi - 1) * (xb + r * q) / sqrt(1 - r^2), log.p = TRUE)
}
m <- maximum(iv_ll, c(.7, -.3, .1, .3, .6, .5, .5, 0)); add("ivprobit bi x (w = z)", tool, m$b, m$se, ll = m$ll)
m <- maximum(iv_ll, c(.7, -.3, .1, .3, .6, .5, .5, 0), cluster = id); add("ivprobit bi x (w = z), vce(cluster id)", tool, m$b, m$se)
}

# --- one linear equation
if (part == "linear") {
suppressMessages({library(sandwich); library(quantreg); attach(D)})
setup <- "tsset n"
m <- lm(y ~ x + z); o <- c(2, 3, 1)
for (l in c(0, 3)) add(paste0("newey y x z, lag(", l, ")"), "sandwich NeweyWest", coef(m)[o], sqrt(diag(NeweyWest(m, lag = l, prewhite = FALSE, adjust = TRUE)))[o])
# Prais and Winsten: iterated to the end.
pw <- function(corc, k) {
  X <- cbind(x, z, 1); b <- solve(crossprod(X), crossprod(X, yq)); rho <- 0
  for (it in 1:k) {
    r <- drop(yq - X %*% b); rho <- sum(r[-1] * r[-n]) / sum(r[-n]^2)
    f <- function(v) {w <- c(sqrt(1 - rho^2) * v[1], v[-1] - rho * v[-n]); if (corc) w[-1] else w}
    ys <- f(yq); Xs <- apply(X, 2, f); b <- solve(crossprod(Xs), crossprod(Xs, ys))
  }
  u <- drop(ys - Xs %*% b); s2 <- sum(u^2) / (length(u) - 3)
  hc <- length(u) / (length(u) - 3) * solve(crossprod(Xs)) %*% crossprod(Xs * u) %*% solve(crossprod(Xs))
  list(b = drop(b), se = sqrt(diag(s2 * solve(crossprod(Xs)))), rho = rho, dw = sum(diff(u)^2) / sum(u^2), hc = sqrt(diag(hc)))
}
m <- pw(FALSE, 60); add("prais yq x z, tolerance(1e-13)", "matrices in R", m$b, m$se, rho = m$rho, dw = m$dw)
m <- pw(TRUE, 60); add("prais yq x z, corc tolerance(1e-13) vce(robust)", "matrices in R", m$b, m$hc, rho = m$rho)
m <- pw(FALSE, 1); add("prais yq x z, twostep", "matrices in R", m$b, m$se, rho = m$rho)
setup <- ""
# Constraints, by substitution.
m <- lm(I(y - z) ~ I(x - z)); b <- coef(m)[2]; s <- sqrt(vcov(m)[2, 2])
add("cnsreg y x z v, constraints(1 2)", "lm by substitution", c(b, 1 - b, 0, coef(m)[1]), c(s, s, 0, sqrt(vcov(m)[1, 1])), rmse = summary(m)$sigma)
# Quantiles. The sparsity of iid from two fitted quantiles at the means.
for (q in c(0.5, 0.25)) {
  m <- rq(y ~ x + z, tau = q); h <- bandwidth.rq(q, n, hs = TRUE)
  X <- model.matrix(m)[, o]; d <- coef(rq(y ~ x + z, tau = q + h)) - coef(rq(y ~ x + z, tau = q - h))
  s <- sum(colMeans(model.matrix(m)) * d) / (2 * h)
  add(paste0("qreg y x z, quantile(", q, ")"), "quantreg rq", coef(m)[o], s * sqrt(q * (1 - q) * diag(solve(crossprod(X)))), sum_adev = 2 * m$rho)
  add(paste0("qreg y x z, quantile(", q, ") vce(robust)"), "quantreg rq, se = nid", coef(m)[o], summary(m, se = "nid", hs = TRUE)$coefficients[o, 2])
}
m <- rq(y ~ x + z, tau = 0.5, weights = g); add("qreg y x z [aw=g]", "quantreg rq", coef(m)[o])
# Absorbed: indicators in lm; the constant is that of the mean of all effects.
fe <- function(m, k, extra = NULL) {
  b <- coef(m)[2:3]; V <- vcov(m)[2:3, 2:3]; list(b = b, V = V, s = summary(m)$sigma)
}
m <- lm(yp ~ x + z + factor(id) + factor(t) + factor(g)); f <- fe(m)
add("reghdfe yp x z, absorb(id t g)", "lm with indicators", c(f$b, mean(yp) - sum(f$b * c(mean(x), mean(z)))), NULL, rmse = f$s, r2 = summary(m)$r.squared, r2_a = summary(m)$adj.r.squared, df_r = m$df.residual)
cases[[length(cases)]]$se_first <- unname(sqrt(diag(f$V)))
m <- lm(yp ~ x + z + factor(id) + factor(t), weights = g); f <- fe(m)
add("reghdfe yp x z [aw=g], absorb(id t)", "lm with indicators", c(f$b, weighted.mean(yp, g) - sum(f$b * c(weighted.mean(x, g), weighted.mean(z, g)))), NULL, rmse = f$s * sqrt(n / sum(g)))
cases[[length(cases)]]$se_first <- unname(sqrt(diag(f$V)))
# Two ways of clusters: sums of scores, less those of both.
m <- lm(yp ~ x + z + factor(g) + factor(t)); X <- cbind(resid(lm(x ~ factor(g) + factor(t))), resid(lm(z ~ factor(g) + factor(t)))); u <- resid(m)
meat <- function(k) {S <- rowsum(X * u, k); crossprod(S)}
B <- solve(crossprod(X))  # t lies within the clusters of t: it costs nothing but a constant
M <- meat(id) + meat(t) - meat(paste(id, t)); V <- (n - 1) / (n - (2 + 3)) * 8 / 7 * B %*% M %*% B
add("reghdfe yp x z, absorb(t g) vce(cluster id t)", "matrices in R", c(coef(m)[2:3], mean(yp) - sum(coef(m)[2:3] * c(mean(x), mean(z)))))
cases[[length(cases)]]$se_first <- unname(sqrt(diag(V)))
}

# --- systems of linear equations
if (part == "systems") {
suppressMessages({library(systemfit); attach(D)})
eqs <- list(y = y ~ x + z, q = yq ~ z, c = c ~ x)
sys <- function(...) systemfit(eqs, data = D, ...)
o <- c(2, 3, 1, 5, 4, 7, 6)
of <- function(m) {list(b = coef(m)[o], se = sqrt(diag(vcov(m)))[o])}
m <- of(sys("SUR", methodResidCov = "noDfCor")); add("sureg (y x z) (yq z) (c x)", "systemfit SUR", m$b, m$se)
m <- of(sys("SUR", methodResidCov = "geomean")); add("sureg (y x z) (yq z) (c x), dfk", "systemfit SUR, geomean", m$b, m$se)
m <- of(sys("SUR", methodResidCov = "noDfCor", maxiter = 500, tol = 1e-14)); add("sureg (y x z) (yq z) (c x), isure tolerance(1e-13)", "systemfit SUR, iterated", m$b, m$se)
m <- lm(cbind(y, yq) ~ x + z); add("mvreg y yq = x z", "lm of a matrix", c(coef(m)[c(2, 3, 1), ]), sqrt(diag(vcov(m)))[c(2, 3, 1, 5, 6, 4)])
eqs <- list(y = y ~ yq + x, q = yq ~ y + z + v); o <- c(2, 3, 1, 5, 6, 7, 4)
iv <- ~ x + z + v
m <- of(sys("3SLS", inst = iv, methodResidCov = "noDfCor")); add("reg3 (y yq x) (yq y z v)", "systemfit 3SLS", m$b, m$se)
m <- of(sys("2SLS", inst = iv)); add("reg3 (y yq x) (yq y z v), 2sls", "systemfit 2SLS", m$b, m$se)
}

# --- counts in panels, complementary log-log
if (part == "counts") {
setup <- "xtset id t"
by <- function(v) drop(rowsum(v, id))
cons <- function(b, k = 2) b[1] * x + b[2] * z + (if (k > 2) b[3] else 0)
gp <- function(b) {
  eta <- cons(b, 3); th <- exp(-b[4]); L <- by(exp(eta)); S <- by(cn)
  lgamma(th + S) - lgamma(th) + th * log(th / (th + L)) - S * log(th + L) + by(cn * eta - lgamma(cn + 1))
}
m <- maximum(gp, c(.4, 0, .8, -1)); add("xtpoisson cn x z, re", tool, m$b, m$se, ll = m$ll)
m <- maximum(gp, c(.4, 0, .8, -1), cluster = tapply(area, id, mean)); add("xtpoisson cn x z, re vce(cluster area)", tool, m$b, m$se)
cp0 <- function(b) {
  eta <- cons(b); S <- by(cn); k <- S > 0
  (lgamma(S + 1) - S * log(by(exp(eta))) + by(cn * eta - lgamma(cn + 1)))[k]
}
m <- maximum(cp0, c(.4, 0)); add("xtpoisson cn x z, fe", tool, m$b, m$se, ll = m$ll)
m <- maximum(cp0, c(.4, 0), robust = TRUE); add("xtpoisson cn x z, fe vce(robust)", tool, m$b, m$se)
rows <- function(l) by(lgamma(l + cn) - lgamma(l) - lgamma(cn + 1))
fn <- function(b) {
  l <- exp(cons(b, 3)); L <- by(l); S <- by(cn); k <- S > 0
  (lgamma(L) + lgamma(S + 1) - lgamma(L + S) + rows(l))[k]
}
m <- maximum(fn, c(.4, 0, .5)); add("xtnbreg cn x z, fe", tool, m$b, m$se, ll = m$ll)
rn <- function(b) {
  l <- exp(cons(b, 3)); L <- by(l); S <- by(cn); r <- exp(b[4]); s <- exp(b[5])
  lgamma(r + s) + lgamma(r + L) + lgamma(s + S) - lgamma(r) - lgamma(s) - lgamma(r + s + L + S) + rows(l)
}
m <- maximum(rn, c(.4, 0, .5, 1, 1)); add("xtnbreg cn x z, re", tool, m$b, m$se, ll = m$ll)
setup <- ""
m <- glm(b1 ~ x + z, family = binomial("cloglog"), control = list(epsilon = 1e-15, maxit = 100))
cl <- function(b) ifelse(b1 == 1, log(-expm1(-exp(cons(b, 3)))), -exp(cons(b, 3)))
q <- maximum(cl, coef(m)[c(2, 3, 1)]); add("cloglog b1 x z", "glm and numDeriv", coef(m)[c(2, 3, 1)], q$se, ll = as.numeric(logLik(m)))
}

# --- panels
if (part == "panels") {
suppressMessages({library(plm); attach(D)})
setup <- "xtset id t"
p <- pdata.frame(D, c("id", "t"))
# Arellano and Bond's z of autocorrelation, from the instruments and residuals of pgmm for differences.
ab <- function(m, order, V) {
  Z <- m$W; X <- lapply(m$model, function(o) o[, -1, drop = FALSE]); e <- residuals(m); if (is.matrix(e)) e <- split(e, row(e))
  ZX <- Reduce("+", Map(crossprod, Z, X)); W <- if (m$args$model == "twosteps") m$A2 else m$A1
  A <- solve(t(ZX) %*% W %*% ZX) %*% t(ZX) %*% W
  w <- lapply(e, function(r) c(rep(0, order), r[seq_len(length(r) - order)])); q <- unlist(Map(function(a, b) sum(a * b), w, e))
  wX <- Reduce("+", Map(function(a, b) t(a) %*% b, w, X)); mid <- Reduce("+", Map(function(Zi, ei, qi) t(Zi) %*% ei * qi, Z, e, q))
  sum(q) / sqrt(sum(q^2) - 2 * drop(wX %*% A %*% mid) + drop(wX %*% V %*% t(wX)))
}
for (md in c("onestep", "twosteps")) {
  two <- if (md == "twosteps") " twostep" else ""
  m <- pgmm(yd ~ lag(yd, 1) + x | lag(yd, 2:99), data = p, effect = "individual", model = md, transformation = "d")
  V <- vcovHC(m); h <- if (md == "twosteps") list(hansen = unname(sargan(m)$statistic)) else NULL
  do.call(add, c(list(paste0("xtabond2 yd l.yd x, gmm(l.yd) iv(x) noleveleq robust", two), "plm pgmm", coef(summary(m))[, 1], sqrt(diag(V)), ar1 = ab(m, 1, V), ar2 = ab(m, 2, V)), h))
  m <- pgmm(yd ~ lag(yd, 1) + x | lag(yd, 2:99), data = p, effect = "individual", model = md, transformation = "ld", fsm = "full")
  add(paste0("xtabond2 yd l.yd x, gmm(l.yd) iv(x, eq(diff)) iv(x, eq(level)) noconstant robust", two), "plm pgmm, fsm full", coef(summary(m))[, 1], sqrt(diag(vcovHC(m))))
  m <- pgmm(yd ~ lag(yd, 1) + x | lag(yd, 2:4), data = p, effect = "individual", model = md, transformation = "d", collapse = TRUE)
  add(paste0("xtabond2 yd l.yd x, gmm(l.yd, lag(1 3) collapse) iv(x) noleveleq robust", two), "plm pgmm", coef(summary(m))[, 1], sqrt(diag(vcovHC(m))))
}
# Generalised least squares of few long panels: t is the panel, id the time.
setup <- "xtset t id"
o <- order(t, id); N <- 8; TT <- 50
gls <- function(kind, ar = FALSE, psar = FALSE, nmk = 0) {
  Y <- yp[o]; X <- cbind(x, z, 1)[o, ]; pn <- t[o]
  b <- solve(crossprod(X), crossprod(X, Y)); e <- drop(Y - X %*% b); rho <- rep(0, N)
  if (ar || psar) {
    for (k in 1:N) {r <- e[pn == k]; rho[k] <- sum(r[-1] * r[-TT]) / sum(r[-TT]^2)}
    if (ar) rho <- rep(mean(rho), N)
    f <- function(v) unlist(lapply(1:N, function(k) {q <- v[pn == k]; c(sqrt(1 - rho[k]^2) * q[1], q[-1] - rho[k] * q[-TT])}))
    Y <- f(Y); X <- apply(X, 2, f); b <- solve(crossprod(X), crossprod(X, Y)); e <- drop(Y - X %*% b)
  }
  E <- matrix(e, TT); S <- crossprod(E) / (TT - nmk); if (kind == "h") S <- diag(diag(S)); if (kind == "i") S <- diag(N) * mean(e^2)
  W <- kronecker(solve(S), diag(TT)); V <- solve(t(X) %*% W %*% X); list(b = drop(V %*% t(X) %*% W %*% Y), se = sqrt(diag(V)))
}
m <- gls("i"); add("xtgls yp x z", "matrices in R", m$b, m$se)
m <- gls("h"); add("xtgls yp x z, panels(hetero)", "matrices in R", m$b, m$se)
m <- gls("c", nmk = 3); add("xtgls yp x z, panels(correlated) nmk", "matrices in R", m$b, m$se)
m <- gls("c", ar = TRUE); add("xtgls yp x z, panels(correlated) corr(ar1)", "matrices in R", m$b, m$se)
m <- gls("h", psar = TRUE); add("xtgls yp x z, panels(heteroskedastic) corr(psar1)", "matrices in R", m$b, m$se)
setup <- "xtset id t"
# Instruments in panels: within, and Balestra and Varadharajan-Krishnakumar's generalised least squares.
m <- plm(yp ~ w + x | x + z + v, data = p, model = "within")
sw <- sqrt(diag(vcov(m))); add("xtivreg yp x (w = z v), fe", "plm within", coef(m))
cases[[length(cases)]]$se_first <- unname(sw)
m <- plm(yp ~ w + x | x + z + v, data = p, model = "random", inst.method = "bvk")
add("xtivreg yp x (w = z v), re", "plm random bvk", coef(m)[c(2, 3, 1)], sqrt(diag(vcov(m)))[c(2, 3, 1)])
m <- plm(yp ~ w + x - 1 | x + z + v - 1, data = p, model = "fd")
add("xtivreg yp x (w = z v), be", "plm between", {b <- coef(plm(yp ~ w + x | x + z + v, data = p, model = "between")); b[c(2, 3, 1)]})
}

write(toJSON(list(made_with = R.version.string, cases = cases), digits = 16, auto_unbox = TRUE, pretty = TRUE, null = "null"), paste0(part, ".json"))
