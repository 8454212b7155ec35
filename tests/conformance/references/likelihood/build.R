# Rscript tests/conformance/references/likelihood/build.R
#
# Figures of R for generalised linear, multilevel, censored, survival and instrumental-variables models, written to
# estimators.json beside this file. Every case names the Stata commands that must give them. Needs numDeriv,
# foreign, jsonlite, MASS, statmod (Debian: r-cran-numderiv r-cran-foreign r-cran-jsonlite r-cran-mass r-cran-statmod).

suppressMessages({
  library(MASS)
  library(statmod)
  library(numDeriv)
  library(foreign)
  library(jsonlite)
})

here <- dirname(sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE)))
data_of <- function(name) {
  read.dta(file.path(here, "../../../../datasets", paste0(name, ".dta")), convert.factors = FALSE)
}
cases <- list()

# Coefficients by the names of e(b); the covariance in the same order.
add <- function(dataset, setup, command, source, b, V, scalars = list()) {
  names(b) <- sub("\\(Intercept\\)", "_cons", names(b))
  cases[[length(cases) + 1]] <<- list(
    data = dataset, setup = setup, command = command, source = source,
    names = as.list(names(b)), b = as.list(unname(b)), V = unname(V), scalars = scalars
  )
}

# Generalised linear models ---------------------------------------------------------------------------------

scot <- data_of("scotssec")[1:800, ]
scot$high <- as.numeric(scot$attain >= 6)
scot$pos <- scot$attain + 1
scot$square <- scot$attain^2
scot$w <- 1 + (seq_len(nrow(scot)) - 1) %% 3
scot$m <- 10 + (seq_len(nrow(scot)) - 1) %% 3
scot_setup <- list("keep in 1/800", "generate high = attain >= 6", "generate pos = attain + 1",
                   "generate square = attain^2",
                   "generate w = 1 + mod(_n - 1, 3)", "generate m = 10 + mod(_n - 1, 3)")
strict <- glm.control(epsilon = 1e-15, maxit = 200)

glm_case <- function(command, formula, family, ..., dispersion = NULL) {
  fit <- glm(formula, family, scot, control = strict, ...)
  s <- summary(fit, dispersion = dispersion)
  df <- fit$df.residual
  pearson <- sum(residuals(fit, "pearson")^2)
  add("scotssec", scot_setup, command, "glm", coef(fit), s$cov.scaled,
      list(deviance = deviance(fit), deviance_p = pearson, phi = s$dispersion, df = df))
}
glm_case("glm high verbal female, family(binomial)", high ~ verbal + female, binomial())
glm_case("glm high verbal female, family(b) link(probit) irls", high ~ verbal + female, binomial("probit"))
glm_case("glm high verbal female, family(b) link(cloglog) vce(eim)", high ~ verbal + female, binomial("cloglog"))
glm_case("glm attain verbal female, family(poisson)", attain ~ verbal + female, poisson())
glm_case("glm attain verbal female", attain ~ verbal + female, gaussian())
glm_case("glm pos verbal female, family(gaussian) link(log) irls", pos ~ verbal + female, gaussian("log"), start = c(2, 0, 0))
glm_case("glm pos verbal female, family(gamma) link(log) irls", pos ~ verbal + female, Gamma("log"))
glm_case("glm pos female, family(gamma)", pos ~ female, Gamma())
glm_case("glm pos verbal female, family(igaussian) link(log) irls", pos ~ verbal + female, inverse.gaussian("log"))
glm_case("glm attain verbal female, family(nbinomial .5) irls", attain ~ verbal + female, negative.binomial(2), dispersion = 1)
glm_case("glm attain verbal, family(binomial m)", cbind(attain, m - attain) ~ verbal, binomial())
glm_case("glm pos verbal, family(poisson) link(power .5) irls", pos ~ verbal, poisson("sqrt"))
# Maximum of a log likelihood from a good start by Newton's method on numerical derivatives.
polish <- function(f, at) {
  for (step in 1:8) {
    g <- grad(f, at)
    if (max(abs(g)) < 1e-9) break
    at <- at - solve(hessian(f, at), g)
  }
  at
}
counts <- function(p) sum(dnbinom(scot$square, size = exp(p[3]), mu = exp(p[1] + p[2] * scot$verbal), log = TRUE))
theta <- exp(polish(counts, c(3.6, .066, 0))[3])
fit <- glm(square ~ verbal, negative.binomial(theta), scot, control = strict)
add("scotssec", scot_setup, "glm square verbal, family(nbinomial ml) irls", "dnbinom, glm", coef(fit),
    summary(fit, dispersion = 1)$cov.scaled, list(ll = counts(c(coef(fit), log(theta)))))

# Observed information: numerical second derivatives at R's maximum.
for (link in c("probit", "cloglog")) {
  fit <- glm(high ~ verbal + female, binomial(link), scot, control = strict)
  X <- model.matrix(fit)
  ll <- function(b) {
    p <- binomial(link)$linkinv(drop(X %*% b))
    sum(dbinom(scot$high, 1, p, log = TRUE))
  }
  add("scotssec", scot_setup, sprintf("glm high verbal female, family(binomial) link(%s)", link), "glm, numDeriv::hessian",
      coef(fit), solve(-hessian(ll, coef(fit))), list(ll = ll(coef(fit))))
}

# Generalised linear mixed models ---------------------------------------------------------------------------

library(lme4)
# The maximum of glmer's own approximation, reached by Newton's method on numerical derivatives, and its inverse
# second derivatives: fixed effects, then log standard deviations (and no correlations).
glmer_case <- function(command, formula, family, nAGQ = 1, data = scot, dataset = "scotssec", setup = scot_setup, weights = NULL) {
  control <- glmerControl(optimizer = "bobyqa", tolPwrss = 1e-13, optCtrl = list(maxfun = 1e5, rhoend = 1e-8),
                          check.conv.grad = "ignore", check.conv.singular = "ignore")
  fit <- do.call(glmer, list(formula = formula, data = data, family = family, nAGQ = nAGQ, control = control, weights = weights))
  dev <- update(fit, devFunOnly = TRUE)
  at <- c(getME(fit, "theta"), fixef(fit))
  f <- function(p) -dev(p) / 2
  for (step in 1:6) {
    g <- grad(f, at)
    H <- hessian(f, at, method.args = list(d = 0.01))
    at <- at - solve(H, g)
  }
  H <- hessian(f, at)
  q <- length(getME(fit, "theta"))
  carry <- diag(length(at))
  diag(carry)[1:q] <- 1 / at[1:q]
  V <- carry %*% solve(-H) %*% t(carry)
  fixed <- at[-(1:q)]
  order <- c(q + seq_along(fixed), rev(seq_len(q)))
  b <- c(fixed, rev(log(abs(at[1:q]))))
  depvar <- as.character(formula[[2]])
  depvar <- depvar[length(depvar)]
  if (length(formula[[2]]) > 1) depvar <- as.character(formula[[2]][[2]])
  list(b = b, V = V[order, order], ll = as.numeric(logLik(fit)), fixed = names(fixef(fit)), depvar = depvar)
}
add_glmer <- function(command, formula, family, sds, nAGQ = 1, ..., with_ll = TRUE, with_V = TRUE) {
  found <- glmer_case(command, formula, family, nAGQ, ...)
  names(found$b) <- c(paste0(found$depvar, ":", sub("\\(Intercept\\)", "_cons", found$fixed)), paste0(sds, ":_cons"))
  add("scotssec", scot_setup, command, "lme4::glmer", found$b, if (with_V) found$V,
      if (with_ll) list(ll = found$ll) else list())
}
for (points in c(1, 7, 15)) {
  add_glmer(sprintf("xtmelogit high verbal female || primary:, intpoints(%d)", points),
            high ~ verbal + female + (1 | primary), binomial(), "lns1_1_1", points)
}
add_glmer("meprobit high verbal || primary:", high ~ verbal + (1 | primary), binomial("probit"), "lns1_1_1", 7)
# glmer takes expected information for the scale of its nodes here: with many points that makes no difference.
add_glmer("mecloglog high female || primary:, intpoints(25)", high ~ female + (1 | primary), binomial("cloglog"), "lns1_1_1", 25)
# With several points glmer's Poisson likelihood has another constant.
add_glmer("xtmepoisson square verbal || primary:, intpoints(9)", square ~ verbal + (1 | primary), poisson(), "lns1_1_1",
          9, with_ll = FALSE)
add_glmer("mepoisson square verbal || second: || primary:, laplace", square ~ verbal + (1 | second) + (1 | second:primary),
          poisson(), c("lns1_1_1", "lns2_1_1"))
# Here numerical second derivatives have three digits.
add_glmer("xtmepoisson square verbal || primary: verbal, laplace", square ~ verbal + (1 + verbal || primary),
          poisson(), c("lns1_1_1", "lns1_1_2"), with_V = FALSE)

# Instrumental variables ------------------------------------------------------------------------------------

library(AER)
library(sandwich)
hsb <- data_of("hsb82")
hsb$w <- 1 + (seq_len(nrow(hsb)) - 1) %% 3
hsb_setup <- list("generate w = 1 + mod(_n - 1, 3)")
add_iv <- function(command, fit, V, scalars = list()) add("hsb82", hsb_setup, command, "AER::ivreg", coef(fit), V, scalars)
m <- ivreg(mathach ~ ses + minority | minority + meanses + female, data = hsb)
n <- nrow(hsb)
k <- 3
add_iv("ivregress 2sls mathach minority (ses = meanses female)", m, vcov(m) * (n - k) / n,
       list(rmse = summary(m)$sigma * sqrt((n - k) / n), r2 = summary(m)$r.squared))
add_iv("ivregress 2sls mathach minority (ses = meanses female), small", m, vcov(m), list(rmse = summary(m)$sigma))
add_iv("ivreg mathach minority (ses = meanses female), robust", m, vcovHC(m, type = "HC1"))
add_iv("ivreg2 mathach minority (ses = meanses female), robust", m, vcovHC(m, type = "HC0"),
       list(cdf = summary(m, diagnostics = TRUE)$diagnostics[1, 3]))
cl <- vcovCL(m, hsb$school, type = "HC0", cadjust = FALSE)
add_iv("ivregress 2sls mathach minority (ses = meanses female), cluster(school)", m, cl)
add_iv("ivregress 2sls mathach minority (ses = meanses female), small vce(cluster school)", m,
       cl * (n - 1) / (n - k) * 160 / 159)
m <- ivreg(mathach ~ ses + minority | minority + meanses + female, data = hsb, weights = w)
N <- sum(hsb$w)
add_iv("ivregress 2sls mathach minority (ses = meanses female) [fw=w]", m, vcov(m) * (n - k) / N)
m <- ivreg(mathach ~ ses + cses + minority | minority + meanses + female + catholic, data = hsb)
add_iv("ivregress 2sls mathach minority (ses cses = meanses female catholic)", m, vcov(m) * (n - 4) / n)

# LIML and GMM by their formulas.
y <- hsb$mathach
X <- cbind(ses = hsb$ses, minority = hsb$minority, `(Intercept)` = 1)
Z <- cbind(hsb$meanses, hsb$female, hsb$minority, 1)
W <- cbind(hsb$minority, 1)
M <- function(A, B) B - A %*% solve(crossprod(A), crossprod(A, B))
Y <- cbind(y, hsb$ses)
kappa <- min(Re(eigen(solve(crossprod(Y, M(Z, Y)), crossprod(Y, M(W, Y))))$values))
A <- crossprod(X, X - kappa * M(Z, X))
b <- drop(solve(A, crossprod(X, y - kappa * M(Z, y))))
e <- drop(y - X %*% b)
add("hsb82", hsb_setup, "ivregress liml mathach minority (ses = meanses female)", "formula", b, solve(A) * sum(e^2) / n,
    list(kappa = kappa))
add("hsb82", hsb_setup, "ivreg2 mathach minority (ses = meanses female), liml", "formula", b, solve(A) * sum(e^2) / n)
first <- drop(solve(crossprod(X, X - M(Z, X)), crossprod(X, y - M(Z, y))))
gmm_step <- function(b, S) {
  C <- crossprod(Z, X)
  solve(t(C) %*% solve(S(b), C), t(C) %*% solve(S(b), crossprod(Z, y)))
}
S_rows <- function(b) crossprod(Z * drop(y - X %*% b))
S_schools <- function(b) crossprod(rowsum(Z * drop(y - X %*% b), hsb$school))
for (kind in c("robust", "cluster")) {
  S <- if (kind == "robust") S_rows else S_schools
  b <- drop(gmm_step(first, S))
  names(b) <- colnames(X)
  C <- crossprod(Z, X)
  G <- solve(t(C) %*% solve(S(first), C), t(C) %*% solve(S(first)))
  V <- G %*% S(b) %*% t(G)
  g <- crossprod(Z, y - X %*% b)
  option <- if (kind == "robust") "" else ", wmatrix(cluster school)"
  add("hsb82", hsb_setup, sprintf("ivregress gmm mathach minority (ses = meanses female)%s", option), "formula", b, V,
      list(J = drop(t(g) %*% solve(S(first), g))))
}

# Survival --------------------------------------------------------------------------------------------------

library(survival)
surv <- data_of("scotssec")[1:400, ]
surv$t <- 1 + (surv$verbal + 60) %% 17 + surv$attain
surv$t0 <- ifelse(seq_len(400) %% 4 == 0, .5, 0)
surv$d <- as.numeric(seq_len(400) %% 3 != 0)
surv_setup <- list("keep in 1/400", "generate t = 1 + mod(verbal + 60, 17) + attain", "generate t0 = cond(mod(_n, 4), 0, .5)",
                   "generate d = mod(_n, 3) != 0", "quietly stset t, failure(d) time0(t0)")
exact <- coxph.control(eps = 1e-11, toler.chol = 1e-13, iter.max = 50)
for (ties in c("breslow", "efron")) {
  m <- coxph(Surv(t0, t, d) ~ female + social, surv, ties = ties, control = exact)
  option <- if (ties == "efron") ", efron" else ""
  add("scotssec", surv_setup, sprintf("stcox female social%s", option), "survival::coxph", coef(m), vcov(m), list(ll = m$loglik[2]))
  m <- coxph(Surv(t0, t, d) ~ social + strata(female), surv, ties = ties, control = exact)
  option <- if (ties == "efron") " efron" else ""
  add("scotssec", surv_setup, sprintf("stcox social, strata(female)%s", option), "survival::coxph", coef(m), vcov(m),
      list(ll = m$loglik[2]))
}
m <- coxph(Surv(t0, t, d) ~ female + social + cluster(second), surv, ties = "breslow", control = exact)
G <- length(unique(surv$second))
add("scotssec", surv_setup, "stcox female social, vce(cluster second)", "survival::coxph", coef(m), vcov(m) * G / (G - 1))
surv$row <- seq_len(400)
m <- coxph(Surv(t0, t, d) ~ female + social + cluster(row), surv, ties = "efron", control = exact)
add("scotssec", surv_setup, "stcox female social, efron robust", "survival::coxph", coef(m), vcov(m) * 400 / 399)
plain <- list("keep in 1/400", "generate t = 1 + mod(verbal + 60, 17) + attain", "generate d = mod(_n, 3) != 0",
              "quietly stset t, failure(d)")
names_of <- c(weibull = "weibull", lognormal = "lognormal", loglogistic = "loglogistic", exponential = "exponential")
anc_of <- c(weibull = "ln_p", lognormal = "ln_sig", loglogistic = "ln_gam")
for (dist in names(names_of)) {
  m <- survreg(Surv(t, d) ~ female + social, surv, dist = dist,
               control = survreg.control(rel.tolerance = 1e-13, maxiter = 200))
  b <- coef(m)
  names(b) <- paste0("_t:", sub("\\(Intercept\\)", "_cons", names(b)))
  V <- vcov(m)
  if (dist != "exponential") {
    sign <- if (dist == "weibull") -1 else 1
    b <- c(b, sign * log(m$scale))
    names(b)[length(b)] <- paste0(anc_of[dist], ":_cons")
    carry <- diag(c(rep(1, length(b) - 1), sign))
    V <- carry %*% V %*% carry
  }
  # Stata's log likelihood is that of the logarithm of time.
  add("scotssec", plain, sprintf("streg female social, distribution(%s) time", dist), "survival::survreg", b, V,
      list(ll = m$loglik[2] + sum(log(surv$t[surv$d == 1]))))
}

# Panels and matched groups: survival::clogit, exact -----------------------------------------------------------

m <- clogit(high ~ verbal + female + strata(primary), scot, method = "exact", control = coxph.control(eps = 1e-11, toler.chol = 1e-13, iter.max = 50))
add("scotssec", scot_setup, "clogit high verbal female, group(primary)", "survival::clogit", coef(m), vcov(m), list(ll = m$loglik[2]))
add("scotssec", scot_setup, "xtlogit high verbal female, fe i(primary)", "survival::clogit", coef(m), vcov(m), list(ll = m$loglik[2]))
for (command in c("xtlogit", "xtprobit")) {
  link <- if (command == "xtlogit") "logit" else "probit"
  found <- glmer_case(command, high ~ verbal + female + (1 | primary), binomial(link), 12)
  b <- found$b
  b[length(b)] <- 2 * b[length(b)]
  names(b) <- c(paste0("high:", sub("\\(Intercept\\)", "_cons", found$fixed)), "lnsig2u:_cons")
  carry <- diag(c(rep(1, length(b) - 1), 2))
  add("scotssec", scot_setup, sprintf("%s high verbal female, re i(primary)", command), "lme4::glmer", b,
      carry %*% found$V %*% carry, list(ll = found$ll))
}

# Censored outcomes: AER::tobit, survreg with intervals; maxima polished ------------------------------------------

polished <- function(ll, at) {
  at <- polish(ll, at)
  list(b = at, V = solve(-hessian(ll, at)), ll = ll(at))
}
scot$cens <- pmin(pmax(scot$attain, 3), 9)
cens_setup <- c(scot_setup, list("generate cens = min(max(attain, 3), 9)"))
tobit_ll <- function(low, high) function(p) {
  mean <- p[1] * scot$verbal + p[2] * scot$female + p[3]
  y <- scot$cens
  sum(ifelse(y <= low, pnorm(low, mean, p[4], log.p = TRUE),
             ifelse(y >= high, pnorm(high, mean, p[4], lower.tail = FALSE, log.p = TRUE), dnorm(y, mean, p[4], log = TRUE))))
}
for (limits in list(c(3, 9), c(3, Inf), c(-Inf, 9))) {
  m <- tobit(cens ~ verbal + female, left = limits[1], right = limits[2], data = scot)
  found <- polished(tobit_ll(limits[1], limits[2]), c(coef(m)[c(2, 3, 1)], m$scale))
  names(found$b) <- c("model:verbal", "model:female", "model:_cons", "sigma:_cons")
  options <- paste(if (limits[1] > -Inf) "ll(3)", if (limits[2] < Inf) "ul(9)")
  add("scotssec", cens_setup, sprintf("tobit cens verbal female, %s", options), "AER::tobit, dnorm, pnorm", found$b, found$V,
      list(ll = found$ll))
}
int_setup <- c(cens_setup, list("generate lo = cond(mod(_n, 3), cens - 1, .)", "generate hi = cond(mod(_n, 5), cens + 1, .)",
                                "replace lo = cens if mod(_n, 7) == 0", "replace hi = cens if mod(_n, 7) == 0"))
i <- seq_len(nrow(scot))
low <- ifelse(i %% 7 == 0, scot$cens, ifelse(i %% 3 != 0, scot$cens - 1, -Inf))
high <- ifelse(i %% 7 == 0, scot$cens, ifelse(i %% 5 != 0, scot$cens + 1, Inf))
int_ll <- function(p) {
  mean <- p[1] * scot$verbal + p[2]
  s <- exp(p[3])
  used <- is.finite(low) | is.finite(high)
  own <- ifelse(low == high, dnorm(low, mean, s, log = TRUE), log(pnorm(high, mean, s) - pnorm(low, mean, s)))
  sum(own[used])
}
found <- polished(int_ll, c(.12, 5.5, 1))
names(found$b) <- c("model:verbal", "model:_cons", "lnsigma:_cons")
add("scotssec", int_setup, "intreg lo hi verbal", "dnorm, pnorm", found$b, found$V, list(ll = found$ll))

# Panel-corrected standard errors by their formulas (Beck and Katz 1995) ----------------------------------------------

growth <- data_of("orthodont")
growth <- growth[order(growth$subject, growth$age), ]
growth_setup <- list("egen id = group(subject)", "sort id age", "generate x = mod(_n * 7, 5)", "xtset id age, delta(2)")
growth$x <- (seq_len(nrow(growth)) * 7) %% 5
id <- as.integer(factor(growth$subject))
pcse_case <- function(command, rho_kind = "", kind = "correlated", keep = rep(TRUE, nrow(growth)), pairwise = FALSE, setup = growth_setup) {
  d <- growth[keep, ]
  g <- id[keep]
  y <- d$distance
  X <- cbind(age = d$age, x = d$x, `(Intercept)` = 1)
  e <- drop(y - X %*% solve(crossprod(X), crossprod(X, y)))
  follows <- c(FALSE, g[-1] == g[-length(g)] & abs(diff(d$age) - 2) < 1e-9)
  rho <- rep(0, max(id))
  if (rho_kind != "") {
    later <- which(follows)
    rho <- sapply(seq_len(max(id)), function(p) {
      own <- later[g[later] == p]
      r <- sum(e[own] * e[own - 1]) / sum(e[own - 1]^2)
      max(min(r, 1), -1)
    })
    if (rho_kind == "ar1") rho <- rep(mean(rho), length(rho))
    r <- rho[g]
    move <- function(v) ifelse(follows, v - r * c(v[1], v[-length(v)]), sqrt(1 - r^2) * v)
    y <- move(y)
    X <- apply(X, 2, move)
  }
  B <- solve(crossprod(X))
  b <- drop(B %*% crossprod(X, y))
  e <- drop(y - X %*% b)
  times <- sort(unique(d$age))
  E <- matrix(NA, length(times), max(id))
  E[cbind(match(d$age, times), g)] <- e
  if (pairwise) {
    Z <- ifelse(is.na(E), 0, E)
    S <- crossprod(Z) / crossprod(!is.na(E))
  } else {
    full <- E[rowSums(is.na(E)) == 0, , drop = FALSE]
    S <- crossprod(full) / nrow(full)
  }
  if (kind == "hetonly") S <- diag(colMeans(E^2, na.rm = TRUE))
  Omega <- outer(seq_along(y), seq_along(y), function(i, j) ifelse(d$age[i] == d$age[j], S[cbind(g[i], g[j])], 0))
  V <- B %*% t(X) %*% Omega %*% X %*% B
  names(b) <- c("age", "x", "(Intercept)")
  add("orthodont", setup, command, "formula", b, V)
}
pcse_case("xtpcse distance age x")
pcse_case("xtpcse distance age x, correlation(ar1)", "ar1")
pcse_case("xtpcse distance age x, correlation(psar1)", "psar1")
pcse_case("xtpcse distance age x, hetonly", kind = "hetonly")
kept <- seq_len(nrow(growth)) %% 11 != 0
pcse_case("xtpcse distance age x, pairwise", keep = kept, pairwise = TRUE, setup = c(growth_setup, list("drop if mod(_n, 11) == 0")))

write_json(list(R = R.version.string, cases = cases), file.path(here, "estimators.json"),
           digits = 12, auto_unbox = TRUE)
