# Rscript resampling.R DATA.csv FORMULA CLUSTER REPS CORES: cluster bootstrap of lmer by ML; prints seconds
suppressMessages({ library(lme4); library(parallel) })
given <- commandArgs(TRUE)
data <- read.csv(given[1])
model <- as.formula(given[2])
rows <- split(seq_len(nrow(data)), data[[given[3]]])
once <- function(number) {
  set.seed(number)
  drawn <- sample.int(length(rows), replace = TRUE)
  own <- data[unlist(rows[drawn]), ]
  own[[given[3]]] <- rep(seq_along(drawn), lengths(rows[drawn]))
  fixef(suppressMessages(suppressWarnings(lmer(model, own, REML = FALSE))))
}
invisible(once(0))
start <- proc.time()[["elapsed"]]
found <- mclapply(seq_len(as.integer(given[4])), once, mc.cores = as.integer(given[5]))
cat(proc.time()[["elapsed"]] - start, "\n")
