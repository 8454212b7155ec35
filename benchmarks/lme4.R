# lme4 on a problem: Rscript benchmarks/lme4.R FOLDER ml|reml FORMULA COLUMN,... GROUP,...
# prints one line of JSON: best of several fits with lmer()'s defaults, memory of the first.

arguments <- commandArgs(TRUE)
folder <- arguments[1]
reml <- arguments[2] == "reml"
formula <- as.formula(arguments[3])
columns <- strsplit(arguments[4], ",")[[1]]
groups <- strsplit(arguments[5], ",")[[1]]

if (!requireNamespace("lme4", quietly = TRUE)) {
  cat('{"skipped": "not installed"}\n')
  quit()
}
suppressMessages(library(lme4))

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

fit <- function(data) lmer(formula, data, REML = reml)

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
