# Rscript export.R FOLDER PACKAGE::OBJECT...
# Writes each data set as FOLDER/OBJECT.csv, numbers with 17 significant digits and factors as their
# labels, the levels of each factor as FOLDER/OBJECT.levels, and package versions as FOLDER/versions.csv.

arguments <- commandArgs(TRUE)
folder <- arguments[1]
wanted <- arguments[-1]

# A float, as Stata stores it: what is computed from a float variable is computed from this.
as_float <- function(x) readBin(writeBin(as.double(x), raw(), size = 4), "numeric", n = length(x), size = 4)

# Columns that the manual's version of a data set has and the R package's has not.
derived <- list(
  Ovary = function(d) {
    d$sin1 <- sin(2 * pi * as_float(d$Time))
    d$cos1 <- cos(2 * pi * as_float(d$Time))
    d$order <- ave(d$Time, as.integer(as.character(d$Mare)), FUN = seq_along)
    d
  },
  Produc = function(d) {
    for (name in c("hwy", "water", "util", "pc", "gsp", "emp")) {
      d[[sprintf("log(%s)", name)]] <- log(as_float(d[[name]]))
    }
    d$state <- as.integer(d$state)
    d
  },
  InstEval = function(d) {
    number <- function(f) as.integer(as.character(f))
    d$deptsvc <- 2L * number(d$dept) + number(d$service)
    d
  }
)

for (item in wanted) {
  part <- strsplit(item, "::", fixed = TRUE)[[1]]
  space <- new.env()
  data(list = part[2], package = part[1], envir = space)
  frame <- space[[part[2]]]
  columns <- lapply(frame, identity) # as.data.frame would keep the groupedData class's methods
  frame <- as.data.frame(columns, optional = TRUE)
  if (part[2] %in% names(derived)) frame <- derived[[part[2]]](frame)
  factors <- names(frame)[vapply(frame, is.factor, NA)]
  writeLines(
    vapply(factors, function(f) paste(c(f, levels(frame[[f]])), collapse = "\t"), ""),
    file.path(folder, paste0(part[2], ".levels"))
  )
  text <- as.data.frame(
    lapply(frame, function(x) if (is.numeric(x)) ifelse(is.na(x), NA, sprintf("%.17g", x)) else as.character(x)),
    optional = TRUE
  )
  write.csv(text, file.path(folder, paste0(part[2], ".csv")), row.names = FALSE, na = "")
}

packages <- unique(sub("::.*", "", wanted))
versions <- vapply(packages, function(p) packageDescription(p)$Version, "")
write.csv(data.frame(package = packages, version = versions), file.path(folder, "versions.csv"), row.names = FALSE)
