# Load an exported study and compute every factor score again; stops at any difference.
#
#     Rscript read_wam.R [FOLDER]        or, in R: setwd("FOLDER"); source("read_wam.R")
#
# Needs no packages. Afterwards `wam` holds the tables: wam$dyads_wide, wam$answers_long, ...
# For labels and missing codes: haven::read_sav("dyads_wide.sav", user_na = TRUE)

read_wam <- function(path) {
  dutch <- grepl(";", readLines(path, n = 1, warn = FALSE), fixed = TRUE)
  read.csv(path, sep = if (dutch) ";" else ",", dec = if (dutch) "," else ".",
           fileEncoding = "UTF-8-BOM", encoding = "UTF-8", na.strings = "",
           stringsAsFactors = FALSE)
}

arguments <- commandArgs(trailingOnly = TRUE)
folder <- if (length(arguments)) arguments[1] else "."
files <- list.files(folder, pattern = "[.]csv$", full.names = TRUE)
wam <- lapply(files, read_wam)
names(wam) <- sub("[.]csv$", "", basename(files))

# One row per form and item, with the item's factor and key.
key <- function(rows) paste(rows$dyad, rows$domain, rows$role, rows$wave, rows$factor, sep = "|")
of_item <- match(paste(wam$answers_long$domain, wam$answers_long$item),
                 paste(wam$scoring$domain, wam$scoring$item))
rows <- cbind(wam$answers_long[c("dyad", "domain", "role", "wave", "value", "missing")],
              wam$scoring[of_item, c("factor", "key", "lowest", "highest", "minimum_share")])
rows$keyed <- ifelse(rows$key > 0, rows$value, rows$lowest + rows$highest - rows$value)
rows$form <- key(rows)

# The rule: no item in doubt (-7), every item scanned, and enough of them answered.
per_form <- function(values, f) tapply(values, rows$form, f)[key(wam$factor_scores)]
mean_of <- per_form(rows$keyed, function(x) mean(x, na.rm = TRUE))
answered <- per_form(!is.na(rows$keyed), sum)
scanned <- per_form(rep(1, nrow(rows)), sum)
doubts <- per_form(rows$missing %in% -7, sum)
hidden <- per_form(rows$missing %in% -5, sum)
size <- table(paste(wam$scoring$domain, wam$scoring$factor))
size <- as.integer(size[paste(wam$factor_scores$domain, wam$factor_scores$factor)])
least <- per_form(rows$minimum_share, function(x) x[1]) * size - 1e-9
is_scored <- !is.na(scanned) & scanned == size & doubts == 0 & answered > 0 & answered >= least
again <- as.numeric(ifelse(is_scored, mean_of, NA))
lowest <- per_form(rows$lowest, function(x) x[1])
highest <- per_form(rows$highest, function(x) x[1])
again_100 <- as.numeric(100 * (again - lowest) / (highest - lowest))

# Whoever may not see the answers of a form (-5) cannot score it.
known <- is.na(hidden) | hidden == 0
score <- as.numeric(wam$factor_scores$score)
score_100 <- as.numeric(wam$factor_scores$score_100)
stopifnot(
  "scores are missing that the answers give" = all(rows$form %in% key(wam$factor_scores)),
  "scores differ from those of the answers" =
    isTRUE(all.equal(is.na(score[known]), is.na(again[known]))) &&
    all(abs(score - again)[known] < 1e-6, na.rm = TRUE) &&
    all(abs(score_100 - again_100)[known] < 1e-6, na.rm = TRUE)
)
cat(nrow(wam$factor_scores), "scores are those of the answers\n")
