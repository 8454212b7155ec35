# Rscript tests/conformance/references/build_references.R [DATASET...]
#
# Fits every reference model twice over and writes DATASET.json beside this file (see README.md).
# Needs lme4, nlme, numDeriv and foreign (Debian: r-cran-lme4 r-cran-nlme r-cran-numderiv r-cran-foreign).
# The data are the shipped datasets/*.dta, so that the numbers belong to exactly those values.

suppressMessages({
  library(lme4)
  library(nlme)
  library(Matrix)
  library(numDeriv)
  library(foreign)
})

here <- dirname(sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE)))
wanted <- commandArgs(TRUE)
lme4_version <- paste("lme4", packageDescription("lme4")$Version)
nlme_version <- paste("nlme", packageDescription("nlme")$Version)

# Reading -------------------------------------------------------------------------------------------------

read_dataset <- function(name) {
  as.data.frame(read.dta(file.path(here, "../../../datasets", paste0(name, ".dta")), convert.factors = FALSE))
}

# Three-level growth data with an intercept and a slope at both levels, unbalanced, written once as csv.
simulate_growth3 <- function(path) {
  suppressWarnings(RNGversion("4.0.0"))
  set.seed(20120101)
  correlated <- function(n, sd, r) {
    matrix(rnorm(2 * n), n) %*% chol(diag(sd) %*% matrix(c(1, r, r, 1), 2) %*% diag(sd))
  }
  n_school <- 24
  children <- sample(6:14, n_school, replace = TRUE)
  school_of <- rep(seq_len(n_school), children)
  at_school <- correlated(n_school, c(1.5, 0.5), 0.3)
  at_child <- correlated(length(school_of), c(2, 0.7), -0.4)
  measured <- sample(3:6, length(school_of), replace = TRUE)
  child <- rep(seq_along(school_of), measured)
  time <- sequence(measured) - 1
  school <- school_of[child]
  fixed <- 20 + 1.2 * time
  random <- at_school[school, 1] + at_school[school, 2] * time + at_child[child, 1] + at_child[child, 2] * time
  y <- round(fixed + random + rnorm(length(time)), 4)
  write.csv(data.frame(school, child, time, y), path, row.names = FALSE, quote = FALSE)
}

# Derivatives and Newton's method -------------------------------------------------------------------------

gradient_of <- function(f, at) grad(function(d) f(at + d), numeric(length(at)), method.args = list(eps = 1e-3))
hessian_of <- function(f, at) hessian(function(d) f(at + d), numeric(length(at)), method.args = list(eps = 1e-2))

# Newton steps from a good start to a zero gradient: no optimiser's stopping rule is left in the result.
polish <- function(f, at, steps = 6) {
  for (step in seq_len(steps)) {
    g <- gradient_of(f, at)
    if (max(abs(g)) < 1e-8) break
    moved <- at - solve(hessian_of(f, at), g)
    if (!is.finite(f(moved)) || f(moved) < f(at) - 1e-8) break
    at <- moved
  }
  at
}

# Standard errors from the observed information of the likelihood, beta profiled out.
information_se <- function(f, at) {
  h <- hessian_of(f, at)
  v <- tryCatch(solve(-h), error = function(e) NULL)
  if (is.null(v) || any(diag(v) <= 0)) NULL else v
}

as_correlations <- function(z, k) {
  r <- diag(k)
  r[lower.tri(r)] <- tanh(z)
  r + t(r) - diag(k)
}

# Stata's order: the constant last.
constant_last <- function(names) order(names == "_cons")

# Models that lme4 fits -----------------------------------------------------------------------------------

stata_group <- function(name) sub(":.*", "", sub("\\.[0-9]+$", "", name)) # variety:block -> variety
stata_term <- function(name) ifelse(name == "(Intercept)", "_cons", name)
stata_coefficient <- function(name) {
  name <- sub("^factor\\((\\w+)\\)(\\d+)$", "\\2.\\1", name)
  name <- sub("^(\\w+):factor\\((\\w+)\\)(\\d+)$", "\\3.\\2#c.\\1", name)
  ifelse(name == "(Intercept)", "_cons", name)
}

# The covariance parameters of an lme4 model in the metric log sd, atanh corr, log sigma, and back.
covariance_layout <- function(cnms) {
  lapply(seq_along(cnms), function(i) list(group = stata_group(names(cnms)[i]), terms = stata_term(cnms[[i]])))
}

theta_of <- function(psi, layout) {
  sigma <- exp(psi[length(psi)])
  theta <- c()
  for (part in layout) {
    k <- length(part$terms)
    pairs <- k * (k - 1) / 2
    sd <- exp(psi[seq_len(k)])
    r <- as_correlations(psi[k + seq_len(pairs)], k)
    psi <- psi[-seq_len(k + pairs)]
    lower <- t(chol(outer(sd, sd) * r)) / sigma
    theta <- c(theta, lower[lower.tri(lower, diag = TRUE)])
  }
  theta
}

psi_of <- function(theta, sigma, layout) {
  psi <- c()
  for (part in layout) {
    k <- length(part$terms)
    lower <- matrix(0, k, k)
    lower[lower.tri(lower, diag = TRUE)] <- theta[seq_len(k * (k + 1) / 2)]
    theta <- theta[-seq_len(k * (k + 1) / 2)]
    cov <- sigma^2 * tcrossprod(lower)
    r <- cov2cor(cov)
    psi <- c(psi, log(diag(cov)) / 2, atanh(r[lower.tri(r)]))
  }
  c(psi, log(sigma))
}

parameter_names <- function(layout) {
  unlist(c(lapply(layout, function(part) {
    k <- length(part$terms)
    pairs <- which(lower.tri(diag(k)), arr.ind = TRUE)
    c(
      sprintf("sd %s:%s", part$group, part$terms),
      if (k > 1) sprintf("corr %s:%s,%s", part$group, part$terms[pairs[, 1]], part$terms[pairs[, 2]])
    )
  }), "sigma"))
}

best_lme4_theta <- function(devfun, start, lower) {
  best <- list(par = start, value = devfun(start))
  for (restart in 1:2) {
    tries <- list(
      minqa::bobyqa(best$par, devfun, lower = lower, control = list(rhobeg = 0.2, rhoend = 1e-10, maxfun = 20000)),
      nloptr::nloptr(best$par, devfun, lb = lower, opts = list(
        algorithm = "NLOPT_LN_BOBYQA", xtol_abs = 1e-14, xtol_rel = 1e-14, ftol_abs = 1e-14, ftol_rel = 1e-15, maxeval = 20000
      ))
    )
    found <- list(list(par = tries[[1]]$par, value = tries[[1]]$fval), list(par = tries[[2]]$solution, value = tries[[2]]$objective))
    for (one in found) if (one$value < best$value) best <- one
  }
  best$par
}

# The log likelihood at theta and sigma from the covariance matrix itself (dense), or for large data from
# the sparse system of the random effects: no code of lme4's is used.
independent_loglik <- function(parsed, theta, sigma, reml) {
  x <- parsed$X
  y <- parsed$fr[[1]]
  n <- nrow(x)
  p <- ncol(x)
  lambdat <- parsed$reTrms$Lambdat
  lambdat@x <- theta[parsed$reTrms$Lind]
  zl <- t(lambdat %*% parsed$reTrms$Zt)
  if (n <= 4000) {
    r <- chol(diag(n) + as.matrix(tcrossprod(zl)))
    xw <- backsolve(r, x, transpose = TRUE)
    yw <- backsolve(r, y, transpose = TRUE)
    logdet <- 2 * sum(log(diag(r)))
    xx <- crossprod(xw)
    xy <- crossprod(xw, yw)
    yy <- sum(yw^2)
  } else {
    factor <- Cholesky(forceSymmetric(crossprod(zl)), LDL = FALSE, Imult = 1)
    logdet <- 2 * as.numeric(determinant(factor)$modulus)
    b <- cbind(x, y - mean(y))
    whole <- crossprod(b) - as.matrix(crossprod(crossprod(zl, b), solve(factor, crossprod(zl, b))))
    xx <- whole[1:p, 1:p, drop = FALSE]
    xy <- whole[1:p, p + 1]
    yy <- whole[p + 1, p + 1]
  }
  rss <- yy - sum(xy * solve(xx, xy))
  free <- if (reml) n - p else n
  correction <- if (reml) as.numeric(determinant(xx)$modulus) else 0
  -(free * log(2 * pi * sigma^2) + logdet + correction + rss / sigma^2) / 2
}

nlme_tight <- lmeControl(msMaxIter = 1000, msMaxEval = 5000, maxIter = 500, tolerance = 1e-12, msTol = 1e-13, niterEM = 100, returnObject = TRUE)
gls_tight <- glsControl(msMaxIter = 1000, maxIter = 500, tolerance = 1e-12, msTol = 1e-13, returnObject = TRUE)

# How far nlme's own fit is from ours; positive logLik differences mean that ours is higher.
against_nlme <- function(fit, loglik, beta, sigma) {
  if (inherits(fit, "try-error")) return(list(tool = nlme_version, failed = trimws(as.character(fit))))
  theirs <- if (inherits(fit, "gls")) coef(fit) else fixef(fit)
  names(theirs) <- stata_coefficient(names(theirs))
  result <- list(
    tool = nlme_version,
    call = paste(deparse(fit$call, width.cutoff = 500), collapse = " "),
    logLik_difference = loglik - as.numeric(logLik(fit)),
    beta_largest_relative_difference = max(abs(theirs[names(beta)] / beta - 1))
  )
  if (length(sigma)) result$sigma_relative_difference <- fit$sigma / sigma - 1
  result
}

fit_nlme <- function(call, data) {
  # the call is evaluated with every value written out in it, so that it can be recorded
  try(suppressWarnings(eval(call, list2env(list(d = data), parent = globalenv()))), silent = TRUE)
}

split_parameters <- function(values, kind) {
  own <- values[startsWith(names(values), paste0(kind, " "))]
  names(own) <- sub("^\\w+ ", "", names(own))
  as.list(own)
}

lme4_reference <- function(name, model, data_name, formula, data, reml, nlme_call = NULL, setup = NULL, note = NULL) {
  parsed <- lFormula(formula, data, REML = reml)
  devfun <- do.call(mkLmerDevfun, parsed)
  state <- environment(devfun)
  theta <- best_lme4_theta(devfun, state$pp$theta, parsed$reTrms$lower)
  devfun(theta)
  n <- nrow(parsed$X)
  p <- ncol(parsed$X)
  free <- if (reml) n - p else n
  pwrss <- function() state$resp$wrss() + state$pp$sqrL(1)
  sigma <- sqrt(pwrss() / free)
  layout <- covariance_layout(parsed$reTrms$cnms)
  loglik <- function(theta, sigma) {
    devfun(theta)
    correction <- if (reml) state$pp$ldRX2() else 0
    -(state$pp$ldL2() + correction + free * log(2 * pi * sigma^2) + pwrss() / sigma^2) / 2
  }
  names <- parameter_names(layout)
  boundary <- any(theta[parsed$reTrms$lower == 0] < 1e-5)
  if (boundary) {
    # every random effect of such a model here has one term: the zero ones stay where they are
    inside <- theta > 1e-5
    theta[!inside] <- 0
    f <- function(psi) {
      at <- theta
      at[inside] <- exp(psi[-length(psi)] - psi[length(psi)])
      loglik(at, exp(psi[length(psi)]))
    }
    psi <- polish(f, c(log(theta[inside] * sigma), log(sigma)))
    at <- theta
    at[inside] <- exp(psi[-length(psi)] - psi[length(psi)])
    estimate <- setNames(c(at, 1) * exp(psi[length(psi)]), names)
    estimated <- c(inside, TRUE)
  } else {
    f <- function(psi) tryCatch(loglik(theta_of(psi, layout), exp(psi[length(psi)])), error = function(e) -Inf)
    psi <- polish(f, psi_of(theta, sigma, layout), if (n > 20000) 3 else 6)
    at <- theta_of(psi, layout)
    is_corr <- startsWith(names, "corr")
    estimate <- setNames(ifelse(is_corr, tanh(psi), exp(psi)), names)
    estimated <- rep(TRUE, length(names))
  }
  covariance <- information_se(f, psi)
  gradient <- max(abs(gradient_of(f, psi)))
  sigma <- exp(psi[length(psi)])
  value <- f(psi)
  devfun(at)
  beta <- setNames(state$pp$beta(1), stata_coefficient(colnames(parsed$X)))
  vcov <- sigma^2 * chol2inv(state$pp$RX())
  last <- constant_last(names(beta))
  beta <- beta[last]
  se <- NULL
  if (!is.null(covariance)) {
    slope <- ifelse(startsWith(names, "corr"), 1 - estimate^2, estimate)[estimated]
    se <- setNames(sqrt(diag(covariance)) * slope, names[estimated])
  }
  if (boundary) note <- paste(c(note, "On the boundary: a variance is zero, and has no standard error."), collapse = " ")
  list(
    name = name, model = model, setup = setup, data = data_name, method = if (reml) "reml" else "mle",
    call = sprintf("lmer(%s, REML = %s)", paste(deparse(formula, width.cutoff = 500), collapse = " "), reml),
    tool = lme4_version, n = n, logLik = value, beta = as.list(beta), vcov = vcov[last, last, drop = FALSE],
    sd = split_parameters(estimate, "sd"), corr = split_parameters(estimate, "corr"), sigma = sigma,
    se = as.list(se), largest_gradient = gradient,
    independent_logLik_difference = value - independent_loglik(parsed, at, sigma, reml),
    checked_with = if (!is.null(nlme_call)) {
      nlme_call$method <- if (reml) "REML" else "ML"
      against_nlme(fit_nlme(nlme_call, data), value, beta, sigma)
    },
    note = note
  )
}

# Models with other covariance structures: the likelihood from the covariance matrices of the groups -------
#
# A component has `start` (unconstrained), `natural` (named parameters) and `matrix` (of one group's rows).

random_effects <- function(group, terms, structure, design) {
  k <- length(terms)
  pairs <- which(lower.tri(diag(k)), arr.ind = TRUE)
  pair_names <- if (k > 1) sprintf("corr %s:%s,%s", group, terms[pairs[, 1]], terms[pairs[, 2]])
  sizes <- switch(structure, identity = c(1, 0), exchangeable = c(1, 1), unstructured = c(k, nrow(pairs)))
  sd_names <- if (structure == "unstructured") terms else paste(terms, collapse = " ")
  sd_of <- function(psi) rep_len(exp(psi[seq_len(sizes[1])]), k)
  r_of <- function(psi) {
    z <- psi[sizes[1] + seq_len(sizes[2])]
    as_correlations(if (sizes[2]) rep_len(z, nrow(pairs)) else numeric(nrow(pairs)), k)
  }
  list(
    start = function(scale) c(rep(log(scale / 2), sizes[1]), numeric(sizes[2])),
    natural = function(psi) {
      sd <- setNames(exp(psi[seq_len(sizes[1])]), sprintf("sd %s:%s", group, sd_names))
      corr <- tanh(psi[sizes[1] + seq_len(sizes[2])])
      if (sizes[2]) names(corr) <- if (structure == "unstructured") pair_names else sprintf("corr %s:%s", group, sd_names)
      c(sd, corr)
    },
    matrix = function(psi, d) {
      z <- design(d)
      sd <- sd_of(psi)
      z %*% (outer(sd, sd) * r_of(psi)) %*% t(z)
    }
  )
}

intercept <- function(group) random_effects(group, "_cons", "identity", function(d) matrix(1, nrow(d), 1))
slope <- function(group, x, structure) {
  random_effects(group, c(x, "_cons"), structure, function(d) cbind(d[[x]], 1))
}

lags <- function(t) abs(outer(t, t, "-"))

ar_correlation <- function(phi, lag) { # Yule-Walker
  p <- length(phi)
  if (p == 1) return(phi^lag)
  a <- diag(p)
  for (i in seq_len(p)) for (j in seq_len(p)) if (i != j) {
    k <- abs(i - j)
    a[i, k] <- a[i, k] - phi[j]
  }
  rho <- solve(a, phi)
  for (k in seq(p + 1, max(lag, p + 1))) rho[k] <- sum(phi * rho[k - seq_len(p)])
  matrix(c(1, rho)[lag + 1], nrow(lag))
}

ma_correlation <- function(theta, lag) {
  weights <- c(1, theta)
  rho <- vapply(0:length(theta), function(k) sum(head(weights, length(weights) - k) * tail(weights, length(weights) - k)), 0)
  rho <- rho / rho[1]
  matrix(ifelse(lag < length(rho), rho[pmin(lag, length(theta)) + 1], 0), nrow(lag))
}

# Residuals with one standard deviation and a correlation matrix of a few parameters.
residuals_with <- function(names, start, natural, correlation) {
  count <- length(names)
  list(
    start = function(scale) c(start, log(scale)),
    natural = function(psi) {
      own <- setNames(natural(psi[seq_len(count)]), sprintf("residual %s", names))
      c(own, sigma = exp(psi[count + 1]))
    },
    matrix = function(psi, d) exp(2 * psi[count + 1]) * correlation(natural(psi[seq_len(count)]), d)
  )
}

independent <- residuals_with(character(0), c(), function(z) z, function(p, d) diag(nrow(d)))
exchangeable <- residuals_with("corr", 0.3, tanh, function(p, d) {
  r <- matrix(p, nrow(d), nrow(d))
  diag(r) <- 1
  r
})
ar <- function(order, t) {
  start <- c(0.4, numeric(order - 1))
  names <- if (order == 1) "rho" else paste0("phi", seq_len(order))
  residuals_with(names, start, if (order == 1) tanh else identity, function(p, d) ar_correlation(p, lags(d[[t]])))
}
ma <- function(order, t) {
  residuals_with(paste0("theta", seq_len(order)), rep(0.2, order), identity, function(p, d) ma_correlation(p, lags(d[[t]])))
}
exponential <- function(t, start = 0) residuals_with("rho", start, plogis, function(p, d) p^lags(d[[t]]))
toeplitz <- function(order, t) {
  residuals_with(paste0("rho", seq_len(order)), rep(0.2, order), tanh, function(p, d) {
    lag <- lags(d[[t]])
    matrix(c(1, p, 0)[pmin(lag, order + 1) + 1], nrow(lag))
  })
}

# Different parameters at each level of a variable that is constant within groups.
by_level <- function(component, by, levels) {
  count <- length(component$start(1))
  part <- function(psi, i) psi[(i - 1) * count + seq_len(count)]
  list(
    start = function(scale) rep(component$start(scale), length(levels)),
    natural = function(psi) {
      unlist(lapply(seq_along(levels), function(i) {
        own <- component$natural(part(psi, i))
        names(own) <- paste0(sub("^sigma$", "residual sd", names(own)), sprintf(" (%s==%s)", by, levels[i]))
        own
      }))
    },
    matrix = function(psi, d) component$matrix(part(psi, match(d[[by]][1], levels)), d)
  )
}

# Independent residuals whose standard deviation depends on a variable.
independent_by <- function(by, levels) {
  list(
    start = function(scale) rep(log(scale), length(levels)),
    natural = function(psi) setNames(exp(psi), sprintf("residual sd (%s==%s)", by, levels)),
    matrix = function(psi, d) diag(exp(2 * psi[match(d[[by]], levels)]), nrow(d))
  )
}

# A standard deviation for each time and a correlation for each pair at most `band` apart.
unstructured <- function(t, levels, band = length(levels)) {
  k <- length(levels)
  pairs <- which(lower.tri(diag(k)), arr.ind = TRUE)
  kept <- pairs[, 1] - pairs[, 2] <= band
  list(
    start = function(scale) c(rep(log(scale), k), rep(0.3, sum(kept))),
    natural = function(psi) {
      setNames(
        c(exp(psi[1:k]), tanh(psi[-(1:k)])),
        c(
          sprintf("residual sd (%s==%s)", t, levels),
          sprintf("residual corr (%s==%s, %s==%s)", t, levels[pairs[kept, 2]], t, levels[pairs[kept, 1]])
        )
      )
    },
    matrix = function(psi, d) {
      z <- numeric(nrow(pairs))
      z[kept] <- psi[-(1:k)]
      sd <- exp(psi[1:k])
      at <- match(d[[t]], levels)
      (outer(sd, sd) * as_correlations(z, k))[at, at]
    }
  )
}

dense_likelihood <- function(x, y, groups, components, counts, reml, data) {
  n <- nrow(x)
  p <- ncol(x)
  rows <- split(seq_len(n), groups)
  frames <- lapply(rows, function(i) data[i, , drop = FALSE])
  ends <- cumsum(counts)
  function(psi, want_beta = FALSE) {
    own <- lapply(seq_along(counts), function(i) psi[ends[i] - counts[i] + seq_len(counts[i])])
    whole <- matrix(0, p + 1, p + 1)
    logdet <- 0
    for (g in seq_along(rows)) {
      v <- Reduce(`+`, lapply(seq_along(components), function(i) components[[i]]$matrix(own[[i]], frames[[g]])))
      if (!all(is.finite(v))) return(-1e10)
      r <- tryCatch(chol(v), error = function(e) NULL)
      if (is.null(r)) return(-1e10)
      w <- backsolve(r, cbind(x[rows[[g]], , drop = FALSE], y[rows[[g]]]), transpose = TRUE)
      whole <- whole + crossprod(w)
      logdet <- logdet + 2 * sum(log(diag(r)))
    }
    xx <- whole[1:p, 1:p, drop = FALSE]
    xy <- whole[1:p, p + 1]
    beta <- solve(xx, xy)
    if (want_beta) return(list(beta = setNames(beta, colnames(x)), vcov = solve(xx)))
    rss <- whole[p + 1, p + 1] - sum(xy * beta)
    correction <- if (reml) as.numeric(determinant(xx)$modulus) else 0
    -((n - reml * p) * log(2 * pi) + logdet + correction + rss) / 2
  }
}

structured_reference <- function(name, model, data_name, formula, group, components, data, reml, nlme_call = NULL,
                                 setup = NULL, note = NULL) {
  x <- model.matrix(formula, data)
  colnames(x) <- stata_coefficient(colnames(x))
  y <- data[[all.vars(formula)[1]]]
  scale <- summary(lm(formula, data))$sigma
  start <- lapply(components, function(component) component$start(scale))
  counts <- lengths(start)
  whole <- dense_likelihood(x, y, data[[group]], components, counts, reml, data)
  # a shift of y changes only the constant, and makes the sums of squares small
  centred <- dense_likelihood(x, y - mean(y), data[[group]], components, counts, reml, data)
  start <- unlist(start)
  set.seed(1)
  tries <- lapply(1:4, function(i) {
    from <- if (i == 1) start else start + rnorm(length(start), sd = 0.3)
    nlminb(from, function(psi) -centred(psi), control = list(iter.max = 3000, eval.max = 6000, rel.tol = 1e-14))
  })
  values <- -vapply(tries, `[[`, 0, "objective")
  psi <- tries[[which.max(values)]]$par
  ends <- cumsum(counts)
  natural <- function(psi) {
    unlist(lapply(seq_along(components), function(i) components[[i]]$natural(psi[ends[i] - counts[i] + seq_len(counts[i])])))
  }
  # natural() keeps the order of psi; a correlation of the random effects that tends to -1 or 1 is put there
  bound <- startsWith(names(natural(psi)), "corr") & abs(natural(psi)) > 0.9999
  psi[bound] <- sign(psi[bound]) * 18
  inside <- function(free) centred(replace(psi, !bound, free))
  psi[!bound] <- polish(inside, psi[!bound])
  value <- centred(psi)
  covariance <- if (!any(bound)) information_se(centred, psi)
  if (any(bound)) note <- paste(c(note, "On the boundary: a correlation tends to -1 or 1; no standard errors."), collapse = " ")
  estimate <- natural(psi)
  jacobian <- jacobian(function(d) natural(psi + d), numeric(length(psi)), method.args = list(eps = 1e-3))
  se <- if (!is.null(covariance)) setNames(sqrt(diag(jacobian %*% covariance %*% t(jacobian))), names(estimate))
  fixed <- whole(psi, want_beta = TRUE)
  last <- constant_last(names(fixed$beta))
  beta <- fixed$beta[last]
  sigma <- unname(estimate[names(estimate) == "sigma"])
  call <- nlme_call
  if (!is.null(call)) call$method <- if (reml) "REML" else "ML"
  agreeing <- sum(values > max(values) - 1e-6)
  if (agreeing < 2) note <- paste(c(note, sprintf("Only %d of 4 starts reached this maximum.", agreeing)), collapse = " ")
  list(
    name = name, model = model, setup = setup, data = data_name, method = if (reml) "reml" else "mle",
    call = sprintf("%s, likelihood from the groups' covariance matrices, Newton's method", deparse(formula)),
    tool = "build_references.R", n = nrow(x), logLik = value, beta = as.list(beta),
    vcov = fixed$vcov[last, last, drop = FALSE], sd = split_parameters(estimate, "sd"),
    corr = split_parameters(estimate, "corr"), residual = split_parameters(estimate, "residual"),
    sigma = if (length(sigma)) sigma, se = as.list(se), largest_gradient = max(abs(gradient_of(inside, psi[!bound]))),
    checked_with = if (!is.null(call)) against_nlme(fit_nlme(call, data), value, beta, sigma), note = note
  )
}

# JSON with every digit ------------------------------------------------------------------------------------

json_string <- function(s) paste0("\"", gsub("\"", "\\\\\"", gsub("\\\\", "\\\\\\\\", gsub("\n", " ", s))), "\"")
json_number <- function(v) ifelse(is.finite(v), sub("^(-?)\\.", "\\10.", sprintf("%.17g", v)), "null")

json_of <- function(value, indent = "") {
  inner <- paste0(indent, "  ")
  if (is.matrix(value)) {
    rows <- apply(value, 1, function(row) paste0("[", paste(json_number(row), collapse = ", "), "]"))
    paste0("[\n", paste0(inner, rows, collapse = ",\n"), "\n", indent, "]")
  } else if (is.list(value) && length(names(value)) == length(value) && length(value)) {
    items <- sprintf("%s: %s", vapply(names(value), json_string, ""), vapply(value, json_of, "", indent = inner))
    paste0("{\n", paste0(inner, items, collapse = ",\n"), "\n", indent, "}")
  } else if (is.list(value)) {
    paste0("[\n", paste0(inner, vapply(value, json_of, "", indent = inner), collapse = ",\n"), "\n", indent, "]")
  } else if (is.character(value)) {
    json_string(value)
  } else {
    json_number(value)
  }
}

# The models -----------------------------------------------------------------------------------------------

references <- list()
keep <- function(reference) {
  reference <- reference[!vapply(reference, function(v) is.null(v) || (is.list(v) && !length(v)), NA)]
  references[[length(references) + 1]] <<- reference
  shown <- function(v) if (is.null(v)) "-" else format(v, digits = 2)
  theirs <- reference$checked_with
  cat(sprintf(
    "%-40s %-4s ll %.10f gradient %.1e dense %s nlme %s %s %s\n", reference$name, reference$method, reference$logLik,
    reference$largest_gradient, shown(reference$independent_logLik_difference), shown(theirs$logLik_difference),
    shown(theirs$beta_largest_relative_difference), paste(c(theirs$failed, reference$note), collapse = " ")
  ))
}
with_lme4 <- function(...) for (reml in c(FALSE, TRUE)) keep(lme4_reference(..., reml = reml))
with_structure <- function(...) for (reml in c(FALSE, TRUE)) keep(structured_reference(..., reml = reml))
lme_call <- function(...) as.call(c(quote(lme), eval(substitute(alist(...))), list(data = quote(d), control = quote(nlme_tight))))
gls_call <- function(...) as.call(c(quote(gls), eval(substitute(alist(...))), list(data = quote(d), control = quote(gls_tight))))

models <- list(
  sleepstudy = function(d) {
    both <- function(...) with_lme4(..., data_name = "sleepstudy", data = d)
    both("sleepstudy_intercept", "xtmixed reaction days || subject:",
      formula = reaction ~ days + (1 | subject), nlme_call = lme_call(reaction ~ days, random = ~ 1 | subject))
    both("sleepstudy_independent", "xtmixed reaction days || subject: days, covariance(independent)",
      formula = reaction ~ days + (0 + days | subject) + (1 | subject),
      nlme_call = lme_call(reaction ~ days, random = list(subject = pdDiag(~days))))
    both("sleepstudy_unstructured", "xtmixed reaction days || subject: days, covariance(unstructured)",
      formula = reaction ~ days + (days | subject), nlme_call = lme_call(reaction ~ days, random = ~ days | subject))
    other <- function(...) with_structure(..., data_name = "sleepstudy", data = d, group = "subject", formula = reaction ~ days)
    other("sleepstudy_exchangeable", "xtmixed reaction days || subject: days, covariance(exchangeable)",
      components = list(slope("subject", "days", "exchangeable"), independent),
      nlme_call = lme_call(reaction ~ days, random = list(subject = pdCompSymm(~days))))
    other("sleepstudy_identity", "xtmixed reaction days || subject: days, covariance(identity)",
      components = list(slope("subject", "days", "identity"), independent),
      nlme_call = lme_call(reaction ~ days, random = list(subject = pdIdent(~days))))
  },
  orthodont = function(d) {
    d$t <- (d$age - 6) / 2
    setup <- "generate t = (age-6)/2"
    both <- function(...) with_lme4(..., data_name = "orthodont", data = d)
    both("orthodont_intercept", "xtmixed distance age || subject:",
      formula = distance ~ age + (1 | subject), nlme_call = lme_call(distance ~ age, random = ~ 1 | subject))
    both("orthodont_unstructured", "xtmixed distance age || subject: age, covariance(unstructured)",
      formula = distance ~ age + (age | subject), nlme_call = lme_call(distance ~ age, random = ~ age | subject))
    both("orthodont_sex", "xtmixed distance c.age##i.female || subject:",
      formula = distance ~ age * factor(female) + (1 | subject),
      nlme_call = lme_call(distance ~ age * factor(female), random = ~ 1 | subject))
    other <- function(...) with_structure(..., data_name = "orthodont", data = d, group = "subject")
    other("orthodont_exchangeable", "xtmixed distance age || subject: age, covariance(exchangeable)",
      formula = distance ~ age, components = list(slope("subject", "age", "exchangeable"), independent),
      nlme_call = lme_call(distance ~ age, random = list(subject = pdCompSymm(~age))))
    other("orthodont_identity", "xtmixed distance age || subject: age, covariance(identity)",
      formula = distance ~ age, components = list(slope("subject", "age", "identity"), independent),
      nlme_call = lme_call(distance ~ age, random = list(subject = pdIdent(~age))))
    other("orthodont_residuals_by_sex", "xtmixed distance c.age##i.female || subject:, residuals(independent, by(female))",
      formula = distance ~ age * factor(female), components = list(intercept("subject"), independent_by("female", 0:1)),
      nlme_call = lme_call(distance ~ age * factor(female), random = ~ 1 | subject, weights = varIdent(form = ~ 1 | female)))
    other("orthodont_residuals_exchangeable", "xtmixed distance age || subject:, noconstant residuals(exchangeable)",
      formula = distance ~ age, components = list(exchangeable),
      nlme_call = gls_call(distance ~ age, correlation = corCompSymm(form = ~ 1 | subject)))
    other("orthodont_residuals_exchangeable_by_sex",
      "xtmixed distance c.age##i.female || subject:, noconstant residuals(exchangeable, by(female))",
      formula = distance ~ age * factor(female), components = list(by_level(exchangeable, "female", 0:1)))
    other("orthodont_residuals_ar1", "xtmixed distance age || subject:, noconstant residuals(ar 1, t(t))", setup = setup,
      formula = distance ~ age, components = list(ar(1, "t")),
      nlme_call = gls_call(distance ~ age, correlation = corAR1(form = ~ t | subject)))
    other("orthodont_residuals_ar1_by_sex",
      "xtmixed distance c.age##i.female || subject:, noconstant residuals(ar 1, t(t) by(female))", setup = setup,
      formula = distance ~ age * factor(female), components = list(by_level(ar(1, "t"), "female", 0:1)))
    other("orthodont_residuals_toeplitz2", "xtmixed distance age || subject:, noconstant residuals(toeplitz 2, t(t))",
      setup = setup, formula = distance ~ age, components = list(toeplitz(2, "t")))
    other("orthodont_residuals_toeplitz3", "xtmixed distance age || subject:, noconstant residuals(toeplitz 3, t(t))",
      setup = setup, formula = distance ~ age, components = list(toeplitz(3, "t")))
    other("orthodont_residuals_banded1", "xtmixed distance age || subject:, noconstant residuals(banded 1, t(age))",
      formula = distance ~ age, components = list(unstructured("age", c(8, 10, 12, 14), 1)))
    other("orthodont_residuals_unstructured", "xtmixed distance age || subject:, noconstant residuals(unstructured, t(age))",
      formula = distance ~ age, components = list(unstructured("age", c(8, 10, 12, 14))),
      nlme_call = gls_call(distance ~ age, correlation = corSymm(form = ~ t | subject), weights = varIdent(form = ~ 1 | t)))
    other("orthodont_residuals_unstructured_sex",
      "xtmixed distance c.age##i.female || subject:, noconstant residuals(unstructured, t(age))",
      formula = distance ~ age * factor(female), components = list(unstructured("age", c(8, 10, 12, 14))),
      nlme_call = gls_call(distance ~ age * factor(female), correlation = corSymm(form = ~ t | subject),
        weights = varIdent(form = ~ 1 | t)))
  },
  oats = function(d) {
    both <- function(...) with_lme4(..., data_name = "oats", data = d)
    both("oats_nested", "xtmixed yield nitro || block: || variety:",
      formula = yield ~ nitro + (1 | block / variety), nlme_call = lme_call(yield ~ nitro, random = ~ 1 | block / variety))
    both("oats_block", "xtmixed yield nitro || block:",
      formula = yield ~ nitro + (1 | block), nlme_call = lme_call(yield ~ nitro, random = ~ 1 | block))
    both("oats_factorial", "xtmixed yield i.variety c.nitro || block: || variety:",
      formula = yield ~ factor(variety) + nitro + (1 | block / variety),
      nlme_call = lme_call(yield ~ factor(variety) + nitro, random = ~ 1 | block / variety))
  },
  machines = function(d) {
    for (i in 1:3) d[[paste0("m", i)]] <- as.numeric(d$machine == i)
    both <- function(...) with_lme4(..., data_name = "machines", data = d)
    both("machines_worker", "xtmixed score i.machine || worker:",
      formula = score ~ factor(machine) + (1 | worker), nlme_call = lme_call(score ~ factor(machine), random = ~ 1 | worker))
    both("machines_nested", "xtmixed score i.machine || worker: || machine:",
      formula = score ~ factor(machine) + (1 | worker / machine),
      nlme_call = lme_call(score ~ factor(machine), random = ~ 1 | worker / machine))
    both("machines_unstructured", "xtmixed score i.machine || worker: m1 m2 m3, noconstant covariance(unstructured)",
      setup = "tabulate machine, generate(m)", formula = score ~ factor(machine) + (0 + m1 + m2 + m3 | worker),
      nlme_call = lme_call(score ~ factor(machine), random = list(worker = pdSymm(~ m1 + m2 + m3 - 1))))
    both("machines_independent", "xtmixed score i.machine || worker: m1 m2 m3, noconstant covariance(independent)",
      setup = "tabulate machine, generate(m)",
      formula = score ~ factor(machine) + (0 + m1 | worker) + (0 + m2 | worker) + (0 + m3 | worker),
      nlme_call = lme_call(score ~ factor(machine), random = list(worker = pdDiag(~ m1 + m2 + m3 - 1))))
  },
  pastes = function(d) {
    with_lme4("pastes_nested", "xtmixed strength || batch: || cask:", data_name = "pastes", data = d,
      formula = strength ~ 1 + (1 | batch / cask), nlme_call = lme_call(strength ~ 1, random = ~ 1 | batch / cask))
  },
  penicillin = function(d) {
    with_lme4("penicillin_crossed", "xtmixed diameter || _all: R.plate || _all: R.sample", data_name = "penicillin", data = d,
      formula = diameter ~ 1 + (1 | plate) + (1 | sample))
  },
  dyestuff = function(d) {
    with_lme4("dyestuff", "xtmixed yield || batch:", data_name = "dyestuff", data = d,
      formula = yield ~ 1 + (1 | batch), nlme_call = lme_call(yield ~ 1, random = ~ 1 | batch))
  },
  dyestuff2 = function(d) {
    with_lme4("dyestuff2", "xtmixed yield || batch:", data_name = "dyestuff2", data = d,
      formula = yield ~ 1 + (1 | batch), nlme_call = lme_call(yield ~ 1, random = ~ 1 | batch))
  },
  scotssec = function(d) {
    with_lme4("scotssec_crossed", "xtmixed attain female || _all: R.second || primary:", data_name = "scotssec", data = d,
      formula = attain ~ female + (1 | primary) + (1 | second))
  },
  productivity = function(d) {
    with_lme4("productivity_nested", "xtmixed gsp private emp hwy water other unemp || region: || state:",
      data_name = "productivity", data = d,
      formula = gsp ~ private + emp + hwy + water + other + unemp + (1 | region / state),
      nlme_call = lme_call(gsp ~ private + emp + hwy + water + other + unemp, random = ~ 1 | region / state))
  },
  hsb82 = function(d) {
    both <- function(...) with_lme4(..., data_name = "hsb82", data = d)
    both("hsb82_intercept", "xtmixed mathach || school:",
      formula = mathach ~ 1 + (1 | school), nlme_call = lme_call(mathach ~ 1, random = ~ 1 | school))
    both("hsb82_unstructured", "xtmixed mathach cses i.catholic || school: cses, covariance(unstructured)",
      formula = mathach ~ cses + factor(catholic) + (cses | school),
      nlme_call = lme_call(mathach ~ cses + factor(catholic), random = ~ cses | school))
  },
  exam = function(d) {
    with_lme4("exam_unstructured", "xtmixed normexam standlrt || school: standlrt, covariance(unstructured)", data_name = "exam",
      data = d, formula = normexam ~ standlrt + (standlrt | school),
      nlme_call = lme_call(normexam ~ standlrt, random = ~ standlrt | school))
  },
  chem97 = function(d) {
    with_lme4("chem97_nested", "xtmixed score gcsecnt || lea: || school:", data_name = "chem97", data = d,
      formula = score ~ gcsecnt + (1 | lea / school), nlme_call = lme_call(score ~ gcsecnt, random = ~ 1 | lea / school))
  },
  oxide = function(d) {
    with_lme4("oxide_nested", "xtmixed thickness || lot: || wafer:", data_name = "oxide", data = d,
      formula = thickness ~ 1 + (1 | lot / wafer), nlme_call = lme_call(thickness ~ 1, random = ~ 1 | lot / wafer))
  },
  growth3 = function(d) {
    both <- function(...) with_lme4(..., data_name = "references/growth3.csv", data = d)
    both("growth3_unstructured",
      "xtmixed y time || school: time, covariance(unstructured) || child: time, covariance(unstructured)",
      formula = y ~ time + (time | school) + (time | child),
      nlme_call = lme_call(y ~ time, random = list(school = pdSymm(~time), child = pdSymm(~time))))
    both("growth3_independent", "xtmixed y time || school: time || child: time",
      formula = y ~ time + (0 + time | school) + (1 | school) + (0 + time | child) + (1 | child),
      nlme_call = lme_call(y ~ time, random = list(school = pdDiag(~time), child = pdDiag(~time))))
  },
  ovary = function(d) {
    both <- function(...) with_structure(..., data_name = "ovary", data = d, group = "mare", formula = follicles ~ sin1 + cos1)
    lme_with <- function(correlation) {
      eval(substitute(lme_call(follicles ~ sin1 + cos1, random = ~ 1 | mare, correlation = x), list(x = substitute(correlation))))
    }
    both("ovary_independent", "xtmixed follicles sin1 cos1 || mare:", components = list(intercept("mare"), independent),
      nlme_call = lme_call(follicles ~ sin1 + cos1, random = ~ 1 | mare))
    both("ovary_ar1", "xtmixed follicles sin1 cos1 || mare:, residuals(ar 1, t(time))",
      components = list(intercept("mare"), ar(1, "time")), nlme_call = lme_with(corAR1(form = ~ time | mare)))
    both("ovary_ar2", "xtmixed follicles sin1 cos1 || mare:, residuals(ar 2, t(time))",
      components = list(intercept("mare"), ar(2, "time")), nlme_call = lme_with(corARMA(form = ~ time | mare, p = 2)))
    both("ovary_ma1", "xtmixed follicles sin1 cos1 || mare:, residuals(ma 1, t(time))",
      components = list(intercept("mare"), ma(1, "time")), nlme_call = lme_with(corARMA(form = ~ time | mare, q = 1)))
    both("ovary_ma2", "xtmixed follicles sin1 cos1 || mare:, residuals(ma 2, t(time))",
      components = list(intercept("mare"), ma(2, "time")), nlme_call = lme_with(corARMA(form = ~ time | mare, q = 2)))
    both("ovary_exponential", "xtmixed follicles sin1 cos1 || mare:, residuals(exponential, t(stime))",
      components = list(intercept("mare"), exponential("stime", start = -10)), nlme_call = lme_with(corExp(form = ~ stime | mare)))
    both("ovary_toeplitz2", "xtmixed follicles sin1 cos1 || mare:, residuals(toeplitz 2, t(time))",
      components = list(intercept("mare"), toeplitz(2, "time")))
    both("ovary_gls_ar1", "xtmixed follicles sin1 cos1 || mare:, noconstant residuals(ar 1, t(time))",
      components = list(ar(1, "time")),
      nlme_call = gls_call(follicles ~ sin1 + cos1, correlation = corAR1(form = ~ time | mare)))
  },
  bodyweight = function(d) {
    both <- function(...) {
      with_structure(..., data_name = "bodyweight", data = d, group = "rat", formula = weight ~ time * factor(diet))
    }
    both("bodyweight_exponential", "xtmixed weight c.time##i.diet || rat:, residuals(exponential, t(time))",
      components = list(intercept("rat"), exponential("time")),
      nlme_call = lme_call(weight ~ time * factor(diet), random = ~ 1 | rat, correlation = corExp(form = ~ time | rat)))
    both("bodyweight_gls_exponential", "xtmixed weight c.time##i.diet || rat:, noconstant residuals(exponential, t(time))",
      components = list(exponential("time")),
      nlme_call = gls_call(weight ~ time * factor(diet), correlation = corExp(form = ~ time | rat)))
    both("bodyweight_slope_by_diet",
      "xtmixed weight c.time##i.diet || rat: time, covariance(unstructured) residuals(independent, by(diet))",
      components = list(slope("rat", "time", "unstructured"), independent_by("diet", 1:3)),
      nlme_call = lme_call(weight ~ time * factor(diet), random = ~ time | rat, weights = varIdent(form = ~ 1 | diet)))
    both("bodyweight_exchangeable", "xtmixed weight c.time##i.diet || rat:, noconstant residuals(exchangeable)",
      components = list(exchangeable),
      nlme_call = gls_call(weight ~ time * factor(diet), correlation = corCompSymm(form = ~ 1 | rat)))
  },
  chickweight = function(d) {
    both <- function(...) with_structure(..., data_name = "chickweight", data = d, group = "chick")
    both("chickweight_unstructured", "xtmixed weight c.time##i.diet || chick: time, covariance(unstructured)",
      formula = weight ~ time * factor(diet), components = list(slope("chick", "time", "unstructured"), independent),
      nlme_call = lme_call(weight ~ time * factor(diet), random = ~ time | chick))
    both("chickweight_gls_ar1", "xtmixed weight c.time##i.diet || chick:, noconstant residuals(ar 1, t(time))",
      formula = weight ~ time * factor(diet), components = list(ar(1, "time")),
      nlme_call = gls_call(weight ~ time * factor(diet), correlation = corAR1(form = ~ time | chick)))
    both("chickweight_slope_ar1", "xtmixed weight c.time##i.diet || chick: time, covariance(unstructured) residuals(ar 1, t(time))",
      formula = weight ~ time * factor(diet), components = list(slope("chick", "time", "unstructured"), ar(1, "time")),
      nlme_call = lme_call(weight ~ time * factor(diet), random = ~ time | chick, correlation = corAR1(form = ~ time | chick)))
    both("chickweight_slope_by_diet",
      "xtmixed weight c.time##i.diet || chick: time, covariance(unstructured) residuals(independent, by(diet))",
      formula = weight ~ time * factor(diet), components = list(slope("chick", "time", "unstructured"), independent_by("diet", 1:4)),
      nlme_call = lme_call(weight ~ time * factor(diet), random = ~ time | chick, weights = varIdent(form = ~ 1 | diet)))
  },
  insteval = function(d) {
    with_lme4("insteval_crossed", "xtmixed y service || _all: R.s || _all: R.d || _all: R.deptsvc", data_name = "insteval",
      data = d, formula = y ~ service + (1 | s) + (1 | d) + (1 | deptsvc))
  }
)

growth3_path <- file.path(here, "growth3.csv")
if (!file.exists(growth3_path)) simulate_growth3(growth3_path)
for (name in if (length(wanted)) wanted else names(models)) {
  references <- list()
  models[[name]](if (name == "growth3") read.csv(growth3_path) else read_dataset(name))
  writeLines(json_of(references), file.path(here, paste0(name, ".json")))
}
