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

write_json(list(R = R.version.string, cases = cases), file.path(here, "estimators.json"),
           digits = 12, auto_unbox = TRUE)
