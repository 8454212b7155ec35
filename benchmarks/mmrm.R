# glmmTMB on a trial: Rscript benchmarks/mmrm.R FILE.csv ml|reml
# prints one line of JSON. A small fit runs before, so that loading does not count.

arguments <- commandArgs(TRUE)
suppressMessages(suppressWarnings(library(glmmTMB)))
data <- read.csv(arguments[1])
data$visit <- factor(data$visit)
data$subject <- factor(data$subject)

fit <- function(data) {
  suppressWarnings(glmmTMB(
    y ~ arm * visit + base + us(visit + 0 | subject),
    dispformula = ~0, data = data, REML = arguments[2] == "reml",
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
