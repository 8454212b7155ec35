# Rscript tests/conformance/references/linear/build.R
#
# Figures of R for the estimators beside xtmixed, written to estimators.json beside this file. Every case names
# the Stata commands that must give them. Needs sandwich, lmtest, plm, MASS, nnet, numDeriv, foreign, jsonlite (Debian:
# r-cran-sandwich r-cran-lmtest r-cran-plm r-cran-mass r-cran-nnet r-cran-numderiv r-cran-foreign r-cran-jsonlite).

suppressMessages({
  library(sandwich)
  library(lmtest)
  library(plm)
  library(MASS)
  library(nnet)
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
    names = names(b), b = unname(b), V = unname(V), scalars = scalars
  )
}

# Maximum of a log likelihood from a good start by Newton's method on numerical derivatives.
polish <- function(f, at) {
  for (step in 1:8) {
    g <- grad(f, at)
    if (max(abs(g)) < 1e-9) break
    at <- at - solve(hessian(f, at), g)
  }
  list(at = at, V = solve(-hessian(f, at)), ll = f(at))
}

# Least squares -------------------------------------------------------------------------------------------

hsb <- data_of("hsb82")
hsb$w <- 1 + (seq_len(nrow(hsb)) - 1) %% 3
clear <- "generate w = 1 + mod(_n - 1, 3)"
m <- lm(mathach ~ ses + minority, hsb)
s <- summary(m)
add("hsb82", list(), "regress mathach ses minority", "lm", coef(m), vcov(m), list(
  r2 = s$r.squared, r2_a = s$adj.r.squared, F = unname(s$fstatistic[1]), rmse = s$sigma,
  ll = as.numeric(logLik(m)), df_r = m$df.residual, rss = deviance(m), mss = sum((fitted(m) - mean(hsb$mathach))^2)
))
for (type in c("HC1", "HC2", "HC3")) {
  kind <- c(HC1 = "robust", HC2 = "hc2", HC3 = "hc3")[[type]]
  add("hsb82", list(), sprintf("regress mathach ses minority, vce(%s)", kind), "sandwich::vcovHC", coef(m),
      vcovHC(m, type = type))
}
V <- vcovCL(m, hsb$school, type = "HC1")
waldF <- function(b, V) sum(b * solve(V, b)) / length(b)
add("hsb82", list(), "regress mathach ses minority, vce(cluster school)", "sandwich::vcovCL", coef(m), V,
    list(N_clust = 160, df_r = 159, F = waldF(coef(m)[-1], V[-1, -1])))
m <- lm(mathach ~ ses + factor(minority) * factor(female), hsb)
named <- coef(m)
names(named) <- c("_cons", "ses", "1.minority", "1.female", "1.minority#1.female")
add("hsb82", list(), "regress mathach ses i.minority##i.female", "lm", named, vcov(m))
m <- lm(mathach ~ 0 + ses + cses, hsb)
add("hsb82", list(), "regress mathach ses cses, noconstant", "lm", coef(m), vcov(m),
    list(r2 = summary(m)$r.squared, F = unname(summary(m)$fstatistic[1])))
m <- lm(mathach ~ ses + minority, hsb, weights = w)
add("hsb82", list(clear), "regress mathach ses minority [aw=w]", "lm, weights", coef(m), vcov(m),
    list(ll = as.numeric(logLik(m)), r2 = summary(m)$r.squared, rmse = summary(m)$sigma / sqrt(mean(hsb$w))))
add("hsb82", list(clear), "regress mathach ses minority [pw=w]", "lm, sandwich::vcovHC", coef(m),
    vcovHC(m, type = "HC1"))
add("hsb82", list(clear), "regress mathach ses minority [pw=w], vce(cluster school)", "lm, sandwich::vcovCL",
    coef(m), vcovCL(m, hsb$school, type = "HC1"))
wide <- hsb[rep(seq_len(nrow(hsb)), hsb$w), ]
m <- lm(mathach ~ ses + minority, wide)
for (type in c("const", "HC1", "HC2", "HC3")) {
  kind <- c(const = "ols", HC1 = "robust", HC2 = "hc2", HC3 = "hc3")[[type]]
  add("hsb82", list(clear), sprintf("regress mathach ses minority [fw=w], vce(%s)", kind), "lm, rows repeated",
      coef(m), vcovHC(m, type = type), list(N = nrow(wide), ll = as.numeric(logLik(m))))
}
V <- vcovCL(m, wide$school, type = "HC1")
add("hsb82", list(clear), "regress mathach ses minority [fw=w], vce(cluster school)", "lm, rows repeated", coef(m), V)

# Panels --------------------------------------------------------------------------------------------------

prod <- data_of("productivity")
p <- pdata.frame(prod, c("state", "year"))
m <- plm(gsp ~ private + emp + unemp, p, model = "random", random.method = "swar")
theta <- ercomp(m)$theta
add("productivity", list("xtset state year"), "xtreg gsp private emp unemp, re", "plm random, swar", coef(m),
    vcov(m), list(sigma_e = sqrt(ercomp(m)$sigma2[["idios"]]), sigma_u = sqrt(ercomp(m)$sigma2[["id"]])))
m <- plm(gsp ~ private + emp + unemp, p, model = "between")
add("productivity", list("xtset state year"), "xtreg gsp private emp unemp, be", "plm between", coef(m), vcov(m),
    list(r2_b = summary(m)$r.squared[["rsq"]]))
dummies <- lm(gsp ~ private + emp + unemp + factor(state), prod)
keep <- c("private", "emp", "unemp")
add("productivity", list("xtset state year"), "xtreg gsp private emp unemp, fe", "lm with indicators",
    coef(dummies)[keep], vcov(dummies)[keep, keep], list(df_r = dummies$df.residual, sigma_e = summary(dummies)$sigma))
add("productivity", list(), "areg gsp private emp unemp, absorb(state)", "lm with indicators",
    coef(dummies)[keep], vcov(dummies)[keep, keep],
    list(r2 = summary(dummies)$r.squared, r2_a = summary(dummies)$adj.r.squared, rmse = summary(dummies)$sigma))
add("productivity", list(), "areg gsp private emp unemp, absorb(state) vce(cluster region)", "lm with indicators, vcovCL",
    coef(dummies)[keep], vcovCL(dummies, prod$region, type = "HC1")[keep, keep])
add("productivity", list(), "areg gsp private emp unemp, absorb(state) vce(robust)", "lm with indicators, vcovHC",
    coef(dummies)[keep], vcovHC(dummies, type = "HC1")[keep, keep])
centred <- as.data.frame(lapply(prod[c("gsp", keep)], function(x) x - ave(x, prod$state) + mean(x)))
m <- lm(gsp ~ private + emp + unemp, centred)
add("productivity", list("xtset state year"), "xtreg gsp private emp unemp, fe vce(robust)", "lm of deviations, vcovCL",
    coef(m), vcovCL(m, prod$state, type = "HC1"), list(r2_w = summary(m)$r.squared))
p <- pdata.frame(cbind(hsb, row = seq_len(nrow(hsb))), c("school", "row"))
m <- plm(mathach ~ ses + minority, p, model = "random", random.method = "swar")
add("hsb82", list("xtset school"), "xtreg mathach ses minority, re sa", "plm random, swar, unbalanced", coef(m),
    vcov(m), list(sigma_e = sqrt(ercomp(m)$sigma2[["idios"]]), sigma_u = sqrt(ercomp(m)$sigma2[["id"]])))

# Likelihood models ---------------------------------------------------------------------------------------

scot <- data_of("scotssec")
scot$high <- as.integer(scot$attain >= 6)
scot$w <- 1 + (seq_len(nrow(scot)) - 1) %% 3
setup <- list("generate high = attain >= 6", clear)
tight <- glm.control(epsilon = 1e-14, maxit = 100)
for (link in c("logit", "probit")) {
  m <- glm(high ~ verbal + female, binomial(link), scot, control = tight)
  scalars <- list(ll = as.numeric(logLik(m)), ll_0 = -m$null.deviance / 2,
                  r2_p = 1 - m$deviance / m$null.deviance, chi2 = m$null.deviance - m$deviance)
  if (link == "logit") {
    add("scotssec", setup, "logit high verbal female", "glm", coef(m), vcov(m), scalars)
    add("scotssec", setup, "logistic high verbal female", "glm", coef(m), vcov(m), scalars)
  } else {
    # The observed information, not the expected one.
    f <- function(b) {
      eta <- drop(cbind(1, scot$verbal, scot$female) %*% b)
      sum(pnorm(ifelse(scot$high == 1, eta, -eta), log.p = TRUE))
    }
    polished <- polish(f, coef(m))
    b <- setNames(polished$at, names(coef(m)))
    add("scotssec", setup, "probit high verbal female", "glm, numDeriv", b, polished$V, scalars)
  }
}
m <- glm(high ~ verbal + female, binomial, scot, control = tight)
add("scotssec", setup, "logit high verbal female, vce(cluster primary)", "sandwich::vcovCL", coef(m),
    vcovCL(m, scot$primary, type = "HC0"))
n <- nrow(scot)
add("scotssec", setup, "logit high verbal female, vce(robust)", "sandwich", coef(m), sandwich(m) * n / (n - 1))
weighted <- suppressWarnings(glm(high ~ verbal + female, binomial, scot, weights = w, control = tight))
add("scotssec", setup, "logit high verbal female [pw=w]", "sandwich", coef(weighted),
    sandwich(weighted) * n / (n - 1))
add("scotssec", setup, "logit high verbal female [fw=w]", "glm, weights", coef(weighted), vcov(weighted),
    list(N = sum(scot$w)))
m <- glm(attain ~ verbal + female, poisson, scot, control = tight)
add("scotssec", setup, "poisson attain verbal female", "glm", coef(m), vcov(m),
    list(ll = as.numeric(logLik(m)), ll_0 = as.numeric(logLik(update(m, . ~ 1)))))
add("scotssec", setup, "poisson attain verbal female, vce(cluster primary)", "sandwich::vcovCL", coef(m),
    vcovCL(m, scot$primary, type = "HC0"))
m <- glm(attain ~ verbal + offset(log(w)), poisson, scot, control = tight)
add("scotssec", setup, "poisson attain verbal, exposure(w)", "glm, offset", coef(m), vcov(m),
    list(ll = as.numeric(logLik(m))))

exam <- data_of("exam")
for (method in c("logistic", "probit")) {
  m <- polr(factor(vr) ~ standlrt + male, exam, Hess = TRUE, method = method, control = list(reltol = 1e-14))
  F <- if (method == "logistic") plogis else pnorm
  X <- as.matrix(exam[c("standlrt", "male")])
  f <- function(q) {
    eta <- drop(X %*% q[1:2])
    cuts <- c(-Inf, q[3:4], Inf)
    sum(log(F(cuts[exam$vr + 1] - eta) - F(cuts[exam$vr] - eta)))
  }
  polished <- polish(f, c(coef(m), m$zeta))
  b <- setNames(polished$at, c("vr:standlrt", "vr:male", "cut1:_cons", "cut2:_cons"))
  command <- if (method == "logistic") "ologit vr standlrt male" else "oprobit vr standlrt male"
  null <- sum(table(exam$vr) * log(prop.table(table(exam$vr))))
  add("exam", list(), command, "polr, numDeriv", b, polished$V, list(ll = polished$ll, ll_0 = null))
}
m <- multinom(factor(vr) ~ standlrt + male, exam, Hess = TRUE, trace = FALSE, reltol = 1e-15, abstol = 1e-15,
              maxit = 1000)
X <- cbind(1, as.matrix(exam[c("standlrt", "male")]))
f <- function(q) {
  eta <- cbind(0, X %*% matrix(q, 3))
  sum(eta[cbind(seq_len(nrow(X)), exam$vr)] - log(rowSums(exp(eta))))
}
polished <- polish(f, as.vector(t(coef(m))))
b <- setNames(polished$at, paste0(rep(2:3, each = 3), ":", c("_cons", "standlrt", "male")))
add("exam", list(), "mlogit vr standlrt male, baseoutcome(1)", "multinom, numDeriv", b, polished$V,
    list(ll = polished$ll))

# Influence -----------------------------------------------------------------------------------------------

influence_of <- function(m) {
  list(
    rstandard = unname(rstandard(m)), rstudent = unname(rstudent(m)), leverage = unname(hatvalues(m)),
    cooksd = unname(cooks.distance(m)), dfits = unname(dffits(m)), covratio = unname(covratio(m)),
    dfbeta = unname(dfbetas(m)[, "ses"]),
    stdp = unname(predict(m, se.fit = TRUE)$se.fit)
  )
}
few <- hsb[1:40, ]
influence <- list(
  list(command = "regress mathach ses minority in 1/40", values = influence_of(lm(mathach ~ ses + minority, few))),
  list(
    command = "regress mathach ses minority [aw=w] in 1/40",
    values = influence_of(lm(mathach ~ ses + minority, few, weights = w))
  )
)

# Tests of assumptions ------------------------------------------------------------------------------------

m <- lm(mathach ~ ses + minority + cses, hsb)
statistic_of <- function(test) c(unname(test$statistic), unname(test$parameter), test$p.value)
tests <- list(
  list(command = "estat hettest", values = statistic_of(bptest(m, ~ fitted(m), studentize = FALSE))),
  list(command = "estat hettest, rhs", values = statistic_of(bptest(m, studentize = FALSE))),
  list(command = "estat hettest ses, iid", values = statistic_of(bptest(m, ~ ses, data = hsb))),
  list(command = "estat ovtest", values = statistic_of(resettest(m, power = 2:4, type = "fitted"))),
  list(command = "estat vif", values = unname(sort(diag(solve(cor(hsb[c("ses", "minority", "cses")]))), TRUE)))
)

# Analysis of variance ------------------------------------------------------------------------------------

sums_of <- function(table, rows) list(ss = table[rows, "Sum of Sq"], df = table[rows, "Df"], F = table[rows, "F value"])
effects <- list(intake = "contr.sum", male = "contr.sum")
exam$intake <- factor(exam$intake)
exam$male <- factor(exam$male)
m <- lm(normexam ~ intake * male + standlrt, exam, contrasts = effects)
partial <- drop1(m, . ~ ., test = "F")
sequential <- anova(m)
rows <- c("intake", "male", "standlrt", "intake:male")
variance <- list(
  list(command = "anova normexam intake##male c.standlrt", order = c("intake", "male", "standlrt", "intake:male"),
       values = sums_of(partial, rows)),
  list(command = "anova normexam intake male c.standlrt intake#male, sequential", order = rows,
       values = list(ss = sequential[rows, "Sum Sq"], df = sequential[rows, "Df"], F = sequential[rows, "F value"]))
)

versions <- lapply(c("sandwich", "plm", "MASS", "nnet"), function(x) paste(x, packageDescription(x)$Version))
write_json(list(versions = c(R.version.string, unlist(versions)), cases = cases, influence = influence, tests = tests, variance = variance),
           file.path(here, "estimators.json"), digits = NA, auto_unbox = TRUE, pretty = FALSE)
