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

# nlme with structures of the residuals: normalized residuals are R^{-1/2} times the raw ones.
nlme_case <- function(name, dataset, fixed, random, command, correlation = NULL, weights = NULL, sort = NULL) {
  d <- read_dataset(dataset)
  d$row_ <- seq_len(nrow(d))
  control <- lmeControl(maxIter = 500, msMaxIter = 5000, niterEM = 50, tolerance = 1e-13, msTol = 1e-15,
                        opt = "optim", optimMethod = "BFGS")
  model <- do.call(lme, list(fixed, d, random, correlation, weights, method = "REML", control = control))
  rows <- some_rows(nrow(d))
  own <- ranef(model)
  group <- names(getGroups(model, form = formula(model$modelStruct$reStruct)))
  at <- as.character(getGroups(model))[rows]
  found <- data.frame(row = rows, fitted = fitted(model)[rows], residual = residuals(model)[rows],
                      standardized = residuals(model, type = "normalized")[rows])
  for (term in names(own)) found[[paste0(attr(getGroups(model), "label"), ":",
                                         sub("(Intercept)", "_cons", term, fixed = TRUE))]] <- own[at, term]
  write_rows(name, paste("nlme", packageDescription("nlme")$Version), paste0("sysuse ", dataset, "; ", command), found)
}

nlme_case("ovary_ar1", "ovary", follicles ~ sin1 + cos1, ~ 1 | mare,
          "xtmixed follicles sin1 cos1 || mare:, residuals(ar 1, t(time)) reml", corAR1(form = ~ time | mare))
nlme_case("orthodont_by", "orthodont", distance ~ age, ~ 1 | subject,
          "xtmixed distance age || subject:, residuals(independent, by(female)) reml",
          weights = varIdent(form = ~ 1 | female))
