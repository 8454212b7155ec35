# Rscript tests/conformance/references/build_effects.R
#
# Random effects, their standard errors, fitted values and residuals of other programs, on some rows of the
# shipped data: effects/NAME.csv, one file a model (see README.md). Needs lme4, nlme, numDeriv, foreign.

suppressMessages({
  library(lme4); library(nlme); library(numDeriv); library(foreign)
})
here <- dirname(sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE)))

read_dataset <- function(name) {
  as.data.frame(read.dta(file.path(here, "../../../datasets", paste0(name, ".dta")), convert.factors = FALSE))
}

# Rows spread over the data, at most `most` of them.
some_rows <- function(n, most = 40) unique(round(seq(1, n, length.out = min(n, most))))

# lme4 at the very maximum: Newton steps with Richardson derivatives after its own optimiser.
fitted_model <- function(formula, d, reml) {
  lmod <- lFormula(formula, d, REML = reml)
  dev <- do.call(mkLmerDevfun, lmod)
  theta <- optimizeLmer(dev, optimizer = "nloptwrap",
                        control = list(xtol_abs = 1e-12, ftol_abs = 1e-14, maxeval = 20000))$par
  # A difference would step over the bound of a zero standard deviation: such ones stay.
  inside <- theta > 1e-4 | lmod$reTrms$lower < 0
  f <- function(part) { full <- theta; full[inside] <- part; dev(full) }
  for (step in 1:4) {
    if (!any(inside)) break
    g <- grad(f, theta[inside], method.args = list(eps = 1e-3, d = 1e-3))
    if (max(abs(g)) < 1e-9) break
    theta[inside] <- theta[inside] - solve(hessian(f, theta[inside], method.args = list(eps = 1e-3, d = 1e-2)), g)
  }
  mkMerMod(environment(dev), list(par = theta, fval = dev(theta), conv = 0, message = ""),
           lmod$reTrms, fr = lmod$fr)
}

# Effects on rows, a column `group:term` each; standard errors `se group:term` hold beta fixed (lme4).
lme4_rows <- function(model, rows, groups) {
  found <- data.frame(row = rows, fitted = fitted(model)[rows], residual = residuals(model)[rows])
  effects <- ranef(model, condVar = TRUE)
  for (factor in names(effects)) {
    at <- as.character(getME(model, "flist")[[factor]][rows])
    own <- effects[[factor]]
    variances <- attr(own, "postVar")
    for (term in seq_along(own)) {
      name <- paste0(groups[[factor]], ":", sub("(Intercept)", "_cons", names(own)[term], fixed = TRUE))
      found[[name]] <- own[at, term]
      if (!isREML(model) && is.array(variances)) {
        found[[paste("se", name)]] <- sqrt(variances[term, term, match(at, rownames(own))])
      }
    }
  }
  found
}

# With REML the errors include the uncertainty of beta: the inverse of Henderson's mixed-model equations over
# all effects, formed densely here; lme4 has no figure for it.
henderson_errors <- function(model, rows, groups) {
  X <- getME(model, "X"); Lambda <- as.matrix(getME(model, "Lambda"))
  ZL <- as.matrix(t(getME(model, "Zt"))) %*% Lambda
  p <- ncol(X)
  whole <- crossprod(cbind(X, ZL))
  diag(whole)[-seq_len(p)] <- diag(whole)[-seq_len(p)] + 1
  variances <- diag(Lambda %*% solve(whole)[-seq_len(p), -seq_len(p)] %*% t(Lambda)) * sigma(model)^2
  found <- list()
  first <- 0
  for (factor in names(getME(model, "cnms"))) {
    terms <- getME(model, "cnms")[[factor]]
    f <- getME(model, "flist")[[factor]]
    own <- matrix(variances[first + seq_len(nlevels(f) * length(terms))], length(terms))
    first <- first + length(own)
    for (term in seq_along(terms)) {
      name <- paste0("se ", groups[[factor]], ":", sub("(Intercept)", "_cons", terms[term], fixed = TRUE))
      found[[name]] <- sqrt(own[term, as.integer(f)[rows]])
    }
  }
  found
}

write_rows <- function(name, tool, command, found) {
  path <- file.path(here, "effects", paste0(name, ".csv"))
  writeLines(c(paste("#", tool), paste("#", command)), path)
  found[] <- lapply(found, function(column) signif(column, 12))
  suppressWarnings(write.table(found, path, append = TRUE, sep = ",", row.names = FALSE, quote = FALSE))
}

versions <- paste("lme4", packageDescription("lme4")$Version)

lme4_case <- function(name, dataset, formula, groups, command) {
  d <- read_dataset(dataset)
  rows <- some_rows(nrow(d))
  for (reml in c(FALSE, TRUE)) {
    method <- if (reml) "reml" else "mle"
    model <- fitted_model(formula, d, reml)
    found <- lme4_rows(model, rows, groups)
    if (reml) {
      errors <- henderson_errors(model, rows, groups)
      found[names(errors)] <- errors
    }
    write_rows(paste0(name, "_", method), versions, paste0("sysuse ", dataset, "; ", command, method), found)
  }
}

lme4_case("sleepstudy", "sleepstudy", reaction ~ days + (days | subject), list(subject = "subject"),
          "xtmixed reaction days || subject: days, cov(unstructured) ")
lme4_case("dyestuff", "dyestuff", yield ~ 1 + (1 | batch), list(batch = "batch"), "xtmixed yield || batch:, ")
lme4_case("pastes", "pastes", strength ~ 1 + (1 | batch / cask), list(`cask:batch` = "cask", batch = "batch"),
          "xtmixed strength || batch: || cask:, ")
lme4_case("penicillin", "penicillin", diameter ~ 1 + (1 | plate) + (1 | sample),
          list(plate = "_all", sample = "sample"), "xtmixed diameter || _all: R.plate || sample:, ")
lme4_case("oxide", "oxide", thickness ~ 1 + (1 | lot / wafer), list(`wafer:lot` = "wafer", lot = "lot"),
          "xtmixed thickness || lot: || wafer:, ")
lme4_case("hsb82", "hsb82", mathach ~ ses + meanses + (ses | school), list(school = "school"),
          "xtmixed mathach ses meanses || school: ses, cov(unstructured) ")
lme4_case("orthodont", "orthodont", distance ~ age + (age | subject), list(subject = "subject"),
          "xtmixed distance age || subject: age, cov(unstructured) ")
lme4_case("rail", "rail", travel ~ 1 + (1 | rail), list(rail = "rail"), "xtmixed travel || rail:, ")
lme4_case("productivity", "productivity", gsp ~ private + emp + unemp + (1 | region / state),
          list(`state:region` = "state", region = "region"), "xtmixed gsp private emp unemp || region: || state:, ")
lme4_case("ergostool", "ergostool", effort ~ factor(type) + (1 | subject), list(subject = "subject"),
          "xtmixed effort i.type || subject:, ")
lme4_case("machines", "machines", score ~ factor(machine) + (1 | worker) + (1 | worker:machine),
          list(worker = "worker", `worker:machine` = "machine"), "xtmixed score i.machine || worker: || machine:, ")

# nlme with structures of the residuals: normalized residuals are R^{-1/2} times the raw ones. Its own stopping
# rules leave 1e-5 of the parameters, so that Newton steps with Richardson derivatives of its likelihood follow:
# without iterations it takes the parameters that it is given and says what follows from them.
held <- lmeControl(maxIter = 0, msMaxIter = 0, niterEM = 0, returnObject = TRUE, opt = "optim")
sought <- lmeControl(maxIter = 500, msMaxIter = 500, niterEM = 50, returnObject = TRUE)

# `random`: one formula for each level; `structure(par)`: the arguments of lme that say how residuals hang
# together, at these parameters: correlations, coefficients, ratios of standard deviations.
# `normalized`: not those of corCompSymm, whose root is not the Cholesky factor.
nlme_case <- function(name, dataset, fixed, random, start, structure, command, normalized = TRUE) {
  d <- read_dataset(dataset)
  for (group in names(random)) d[[group]] <- factor(d[[group]])
  fit <- function(reStruct, par, control) {
    suppressWarnings(do.call(lme, c(list(fixed, d, reStruct, method = "REML", control = control), structure(par))))
  }
  model <- fit(random, start, sought)
  # nlme lists the levels from the lowest up.
  own <- rev(lapply(model$modelStruct$reStruct, pdMatrix))[names(random)]
  sizes <- vapply(own, nrow, 0L)
  roots <- unlist(lapply(own, function(D) { R <- chol(D); c(log(diag(R)), R[upper.tri(R)]) }))
  counts <- sizes * (sizes + 1) / 2
  at <- function(all) {
    parts <- split(all[seq_len(sum(counts))], rep(seq_along(counts), counts))
    blocks <- Map(function(part, q, formula) {
      R <- diag(exp(part[seq_len(q)]), q)
      R[upper.tri(R)] <- part[-seq_len(q)]
      pdLogChol(crossprod(R), form = formula)
    }, parts, sizes, random)
    fit(setNames(blocks, names(random)), all[-seq_len(sum(counts))], held)
  }
  kinds <- intersect(c("corStruct", "varStruct"), names(model$modelStruct))
  all <- c(roots, unlist(lapply(kinds, function(kind) as.numeric(coef(model$modelStruct[[kind]], unconstrained = FALSE)))))
  value <- function(all) as.numeric(logLik(at(all)))
  for (turn in 1:6) {
    step <- solve(hessian(value, all, method.args = list(d = 3e-3)), grad(value, all))
    all <- all - step
    if (max(abs(step)) < 1e-9) break
  }
  message(name, ": last step ", signif(max(abs(step)), 2), ", gained ", signif(value(all) - as.numeric(logLik(model)), 2))
  stopifnot(max(abs(step)) < 1e-6, value(all) >= as.numeric(logLik(model)) - 1e-8)
  model <- at(all)
  rows <- some_rows(nrow(d))
  found <- data.frame(row = rows, fitted = fitted(model)[rows], residual = residuals(model)[rows])
  if (normalized) found$standardized <- residuals(model, type = "normalized")[rows]
  effects <- ranef(model)
  if (length(random) == 1) effects <- setNames(list(effects), names(random))
  groups <- getGroups(model, level = seq_along(random))
  for (level in seq_along(random)) {
    of_rows <- as.character(if (length(random) == 1) groups else groups[[level]])[rows]
    for (term in names(effects[[level]])) {
      column <- paste0(names(random)[level], ":", sub("(Intercept)", "_cons", term, fixed = TRUE))
      found[[column]] <- effects[[level]][of_rows, term]
    }
  }
  write_rows(name, paste("nlme", packageDescription("nlme")$Version), paste0("sysuse ", dataset, "; ", command), found)
}

ovary <- function(name, start, structure, residuals) {
  nlme_case(name, "ovary", follicles ~ sin1 + cos1, list(mare = ~ 1), start, structure,
            paste0("xtmixed follicles sin1 cos1 || mare:, residuals(", residuals, ", t(time)) reml"))
}

ovary("ovary_ar1", 0.6, function(par) list(corAR1(par, form = ~ time | mare)), "ar 1")
ovary("ovary_ma1", 0.4, function(par) list(corARMA(par, q = 1, form = ~ time | mare)), "ma 1")
ovary("ovary_ar2", c(0.5, 0.1), function(par) list(corARMA(par, p = 2, form = ~ time | mare)), "ar 2")
nlme_case("orthodont_by", "orthodont", distance ~ age, list(subject = ~ 1), 0.5,
          function(par) list(weights = varIdent(c(`1` = par), form = ~ 1 | female)),
          "xtmixed distance age || subject:, residuals(independent, by(female)) reml")
nlme_case("orthodont_exchangeable", "orthodont", distance ~ age, list(subject = ~ age - 1), 0.3,
          function(par) list(corCompSymm(par, form = ~ 1 | subject)),
          "xtmixed distance age || subject: age, noconstant residuals(exchangeable) reml", normalized = FALSE)
nlme_case("bodyweight_exponential", "bodyweight", weight ~ time * factor(diet), list(rat = ~ time), 0.5,
          function(par) list(corCAR1(par, form = ~ time | rat)),
          "xtmixed weight c.time##i.diet || rat: time, cov(unstructured) residuals(exponential, t(time)) reml")
nlme_case("machines_by", "machines", score ~ factor(machine), list(worker = ~ 1, machine = ~ 1), c(1, 1),
          function(par) list(weights = varIdent(c(`2` = par[1], `3` = par[2]), form = ~ 1 | machine)),
          "xtmixed score i.machine || worker: || machine:, residuals(independent, by(machine)) reml")
