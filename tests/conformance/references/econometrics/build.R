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
attach(d)
cases <- list()
# b and se in the order of e(b); NULL se: none compared. tool: who made them.
add <- function(command, tool, b, se = NULL, ...) {
  cases[[length(cases) + 1]] <<- list(command = command, tool = tool, b = unname(b), se = unname(se), scalars = list(...))
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

write(toJSON(list(made_with = R.version.string, cases = cases), digits = 16, auto_unbox = TRUE, pretty = TRUE, null = "null"), paste0(part, ".json"))
