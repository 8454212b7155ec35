# glmmTMB on a trial: Rscript benchmarks/mmrm.R FILE.csv unstructured|by|banded|toeplitz ml|reml
# prints one line of JSON. A small fit runs before, so that loading does not count.
#
# theta of us() are log sds, then the rows of a lower triangular factor: zeros there outside a band are zeros
# of the matrix. theta of toep() are log sds, here one and the same, then a value for each distance.

arguments <- commandArgs(TRUE)
structure <- arguments[2]
band <- 2
suppressMessages(suppressWarnings(library(glmmTMB)))
data <- read.csv(arguments[1])
data$visit <- factor(data$visit)
data$subject <- factor(data$subject)
data$second <- data$arm
data$first <- 1 - data$arm

effects <- switch(structure,
  by = "us(visit:first + 0 | subject) + us(visit:second + 0 | subject)",
  toeplitz = "toep(visit + 0 | subject)",
  "us(visit + 0 | subject)"
)
formula <- as.formula(paste("y ~ arm * visit + base +", effects))

same_or_zero <- function(n) {
  if (structure == "toeplitz") return(list(theta = factor(c(rep(1, n), 1 + seq_len(n - 1)))))
  if (structure != "banded") return(list())
  below <- which(lower.tri(diag(n)), arr.ind = TRUE)
  below <- below[order(below[, 1], below[, 2]), , drop = FALSE]
  free <- c(rep(TRUE, n), below[, 1] - below[, 2] <= band)
  list(theta = factor(ifelse(free, seq_along(free), NA)))
}

fit <- function(data) {
  suppressWarnings(glmmTMB(
    formula,
    dispformula = ~0, data = data, REML = arguments[3] == "reml", map = same_or_zero(nlevels(data$visit)),
    control = glmmTMBControl(optCtrl = list(iter.max = 10000, eval.max = 20000))
  ))
}

small <- data[as.integer(data$visit) <= 2, ]
small$visit <- factor(small$visit)
invisible(fit(small))
start <- proc.time()
fitted <- fit(data)
seconds <- sum((proc.time() - start)[c("user.self", "sys.self")])
cat(sprintf('{"seconds": %.4f, "log_likelihood": %.8f}\n', seconds, as.numeric(logLik(fitted))))
