# nlme on a problem: Rscript benchmarks/nlme.R FOLDER ml|reml FIXED RANDOM CORRELATION WEIGHTS COLUMN,... GROUP,...
# RANDOM, CORRELATION and WEIGHTS are R expressions, or NULL; without RANDOM it is gls().
# prints one line of JSON: best of several fits, memory of the first. More iterations than by default are
# allowed, so that none ends in an error.

arguments <- commandArgs(TRUE)
folder <- arguments[1]
method <- toupper(arguments[2])
fixed <- as.formula(arguments[3])
columns <- strsplit(arguments[7], ",")[[1]]
groups <- strsplit(arguments[8], ",")[[1]]

if (!requireNamespace("nlme", quietly = TRUE)) {
  cat('{"skipped": "not installed"}\n')
  quit()
}
suppressMessages(library(nlme))
random <- eval(parse(text = arguments[4]))
correlation <- parse(text = arguments[5])
weights <- parse(text = arguments[6])

read_npy <- function(path, integers) {
  stream <- file(path, "rb")
  on.exit(close(stream))
  readBin(stream, "raw", 8)
  readBin(stream, "raw", readBin(stream, "integer", 1, size = 2, endian = "little"))
  rows <- file.size(path) %/% (if (integers) 4 else 8)
  readBin(stream, if (integers) "integer" else "double", rows, endian = "little")
}

read_problem <- function(folder) {
  data <- lapply(columns, function(name) {
    values <- read_npy(file.path(folder, paste0(name, ".npy")), name %in% groups)
    if (name %in% groups) factor(values) else values
  })
  as.data.frame(setNames(data, columns))
}

status <- function(field) {
  line <- grep(paste0("^", field, ":"), readLines("/proc/self/status"), value = TRUE)
  1024 * as.numeric(gsub("[^0-9]", "", line))
}

fit <- function(data) {
  if (is.null(random)) {
    control <- glsControl(returnObject = TRUE, maxIter = 200, msMaxIter = 500)
    return(gls(fixed, data, correlation = eval(correlation), weights = eval(weights), method = method, control = control))
  }
  control <- lmeControl(returnObject = TRUE, maxIter = 200, msMaxIter = 500, msMaxEval = 5000)
  lme(fixed, data, random, correlation = eval(correlation), weights = eval(weights), method = method, control = control)
}

invisible(fit(read_problem(file.path(folder, "small"))))
data <- read_problem(folder)
linux <- file.exists("/proc/self/clear_refs")
memory <- "null"
elapsed <- processor <- c()
invisible(gc())
if (linux) {
  cat("5", file = "/proc/self/clear_refs")
  before <- status("VmRSS")
}
while (sum(elapsed) < 1.5 && length(elapsed) < 20) {
  fitted <- NULL
  invisible(gc())
  start <- proc.time()
  fitted <- fit(data)
  spent <- proc.time() - start
  elapsed <- c(elapsed, spent[["elapsed"]])
  processor <- c(processor, spent[["user.self"]] + spent[["sys.self"]])
  if (linux && memory == "null") memory <- sprintf("%.0f", status("VmHWM") - before)
}
cat(sprintf(
  '{"seconds": %.4f, "cpu_seconds": %.4f, "memory": %s, "log_likelihood": %.8f}\n',
  min(elapsed), min(processor), memory, as.numeric(logLik(fitted))
))
