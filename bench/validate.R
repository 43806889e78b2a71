# Computes with R what `python -m bench.validate` compares; writes name,value rows.
suppressPackageStartupMessages({library(psych); library(lavaan); library(lme4)})
arguments <- commandArgs(trailingOnly = TRUE)
folder <- arguments[1]
items <- read.csv(file.path(folder, "items.csv"))
others <- read.csv(file.path(folder, "others.csv"))
pairs <- read.csv(file.path(folder, "pairs.csv"))
factor_of <- readLines(file.path(folder, "factors.txt"))
out <- list()
put <- function(name, values) out[[name]] <<- as.numeric(values)

first <- items[, factor_of == factor_of[1]]
a <- suppressWarnings(psych::alpha(first))
put("alpha", a$total$raw_alpha)
put("alpha interval (Feldt)", c(a$feldt$lower.ci, a$feldt$upper.ci))
put("item-rest correlation", a$item.stats$r.drop)
put("alpha if deleted", a$alpha.drop$raw_alpha)

# The tight stop makes nlminb call its own best point unsure, so lavaan is told to take it.
tight <- list(rel.tol = 1e-12, iter.max = 5000)
k <- seq_along(first)
measured <- paste("f =~", paste(paste0("l", k, "*", names(first)), collapse = " + "))
unique_ <- paste(paste(names(first), "~~", paste0("u", k, "*", names(first))), collapse = "\n")
common <- paste0("(", paste0("l", k, collapse = " + "), ")^2")
omega <- paste("omega :=", common, "/ (", common, "+", paste0("u", k, collapse = " + "), ")")
one <- cfa(paste(measured, unique_, omega, sep = "\n"), first, std.lv = TRUE,
           control = tight, optim.force.converged = TRUE)
one <- cfa(paste(measured, unique_, omega, sep = "\n"), first, std.lv = TRUE, start = one,
           optim.method = "GN", optim.gn.tol.x = 1e-12)
p <- parameterEstimates(one)
p <- p[p$lhs == "omega", ]
put("omega total", p$est)
put("omega total interval (delta method)", c(p$ci.lower, p$ci.upper))

model <- paste(sapply(unique(factor_of), function(k)
  paste(k, "=~", paste(names(items)[factor_of == k], collapse = " + "))), collapse = "\n")
fit <- cfa(model, items, control = tight, optim.force.converged = TRUE)
# Once more from there by Gauss-Newton: nlminb alone leaves loadings right to five digits.
fit <- cfa(model, items, start = fit, optim.method = "GN", optim.gn.tol.x = 1e-12)
m <- fitMeasures(fit)
put("CFA chi2", m["chisq"]); put("CFA df", m["df"]); put("CFA p", m["pvalue"])
put("CFA CFI", m["cfi"]); put("CFA TLI", m["tli"])
put("CFA RMSEA", m["rmsea"])
put("CFA RMSEA interval", m[c("rmsea.ci.lower", "rmsea.ci.upper")])
put("CFA SRMR", m["srmr"]); put("CFA AIC", m["aic"]); put("CFA BIC", m["bic"])
s <- standardizedSolution(fit)
s1 <- s[s$op == "=~", ]; s1 <- s1[match(names(items), s1$rhs), ]
put("CFA loadings", s1$est.std); put("CFA loadings, standard errors", s1$se)
s2 <- s[s$op == "~~" & s$lhs != s$rhs, ]
put("CFA factor correlations", s2$est.std)
put("CFA factor correlations, standard errors", s2$se)
e <- suppressWarnings(factanal(items, length(unique(factor_of)), rotation = "none",
                               control = list(opt = list(factr = 1e-3, maxit = 5000))))
put("EFA unique variances", e$uniquenesses)
g <- GPArotation::oblimin(unclass(e$loadings), eps = 1e-10, maxit = 10000)
best <- apply(abs(g$loadings), 1, max)
put("EFA largest oblimin loading of each item", best)

i <- suppressWarnings(psych::ICC(pairs[, c("x", "y")], lmer = FALSE)$results[2, ])
put("ICC(A,1)", i$ICC); put("ICC(A,1) interval", c(i[["lower bound"]], i[["upper bound"]]))
k <- psych::cohen.kappa(pairs[, c("item_x", "item_y")], levels = as.character(1:5))
put("weighted kappa", k$weighted.kappa)
# psych's own standard error is not that of Fleiss, Cohen and Everitt; vcd's is.
counts <- table(factor(pairs$item_x, 1:5), factor(pairs$item_y, 1:5))
put("weighted kappa, standard error",
    vcd::Kappa(counts, weights = "Fleiss-Cohen")$Weighted[["ASE"]])
pc <- cor.test(pairs$x, pairs$outcome)
put("Pearson", pc$estimate); put("Pearson interval", pc$conf.int); put("Pearson p", pc$p.value)
put("Spearman", cor(pairs$x, pairs$risk, method = "spearman"))
put("point-biserial", cor(pairs$x, pairs$dropout))
put("difference, interval", t.test(pairs$y - pairs$x)$conf.int)
d <- pairs$y - pairs$x; n <- length(d); s_ <- sd(d)
limit <- mean(d) + c(-1.96, 1.96) * s_
put("limits of agreement", limit)
reach <- qt(0.975, n - 1) * s_ * sqrt(1 / n + 1.96^2 / (2 * (n - 1)))
put("limits of agreement, interval of the upper", limit[2] + c(-reach, reach))
a_ <- as.matrix(items); b_ <- as.matrix(others)
put("D squared, mean over items", rowMeans((a_ - b_)^2))
put("profile correlation", sapply(seq_len(nrow(a_)), function(i) cor(a_[i, ], b_[i, ])))
v_ <- var(cbind(pairs$x, pairs$y))
put("reliability of the difference",
    (0.8 * v_[1, 1] + 0.7 * v_[2, 2] - 2 * v_[1, 2]) / (v_[1, 1] + v_[2, 2] - 2 * v_[1, 2]))
r1 <- cor(pairs$outcome, pairs$x); r2 <- cor(pairs$outcome, pairs$later)
w_ <- psych::r.test(n, r2, r1, cor(pairs$x, pairs$later))
put("Williams' t of two dependent correlations", w_$t); put("Williams' t, p", w_$p)
put("reliable change index", (pairs$later - pairs$x) / (sd(pairs$x) * sqrt(2) * sqrt(1 - 0.8)))
rho <- cor(pairs$x, pairs$risk, method = "spearman")
put("Spearman interval (Bonett and Wright)",
    tanh(atanh(rho) + c(-1, 1) * qnorm(0.975) * sqrt((1 + rho^2 / 2) / (n - 3))))
sets <- mice::pool.scalar(c(0.21, 0.28, 0.17, 0.25, 0.19),
                          c(0.061, 0.058, 0.064, 0.06, 0.059)^2, n = Inf, rule = "rubin1987")
error <- sqrt(sets$t)
put("Rubin's rules: estimate, error, p",
    c(sets$qbar, error, 2 * pt(-abs(sets$qbar / error), sets$df)))
put("Rubin's rules: interval", sets$qbar + c(-1, 1) * qt(0.975, sets$df) * error)
long <- data.frame(score = c(pairs$x, pairs$later), wave = rep(0:1, each = n), id = rep(1:n, 2))
gr <- lmer(score ~ wave + (1 | id), long, REML = TRUE,
           control = lmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-12)))
put("growth: level and slope", fixef(gr))
put("growth: standard error of the slope", sqrt(diag(as.matrix(vcov(gr))))[2])
t <- t.test(pairs$y, pairs$x, paired = TRUE)
put("paired t", t$statistic); put("paired t, p", t$p.value)
aov1 <- summary(aov(x ~ factor(living), pairs))[[1]]
put("ANOVA F", aov1[["F value"]][1]); put("ANOVA p", aov1[["Pr(>F)"]][1])
ss <- aov1[["Sum Sq"]]; ms <- aov1[["Mean Sq"]]; d <- aov1[["Df"]]
put("eta2", ss[1] / sum(ss)); put("omega2", (ss[1] - d[1] * ms[2]) / (sum(ss) + ms[2]))
w <- oneway.test(x ~ factor(living), pairs)
put("Welch F", w$statistic); put("Welch df", w$parameter[2]); put("Welch p", w$p.value)
mm <- lmer(x ~ z + (1 | officer), pairs, REML = TRUE,
           control = lmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-12)))
put("mixed model, fixed effects", fixef(mm))
put("mixed model, standard error of the slope", sqrt(diag(as.matrix(vcov(mm))))[2])
put("mixed model, SD between and within", as.data.frame(VarCorr(mm))$sdcor)
q <- lm(outcome ~ cx + cy + I(cx^2) + I(cx * cy) + I(cy^2), pairs)
b <- coef(q); v <- vcov(q)
con <- rbind(c(0,1,1,0,0,0), c(0,0,0,1,1,1), c(0,1,-1,0,0,0), c(0,0,0,1,-1,1))
put("response surface, b0 to b5 and a1 to a4", c(b, con %*% b))
put("response surface, standard errors", sqrt(c(diag(v), diag(con %*% v %*% t(con)))))
lg <- glm(dropout ~ cx + cy + I(cx^2) + I(cx * cy) + I(cy^2), binomial, pairs,
          control = glm.control(epsilon = 1e-14, maxit = 100))
put("response surface, logistic, b0 to b5", coef(lg))
ps <- c(0.001, 0.012, 0.03, 0.04, 0.2, 0.9)
put("Holm", p.adjust(ps, "holm")); put("Benjamini and Hochberg", p.adjust(ps, "BH"))

rows <- do.call(rbind, lapply(names(out), function(n)
  data.frame(name = n, at = seq_along(out[[n]]) - 1, value = sprintf("%.15g", out[[n]]))))
write.csv(rows, file.path(folder, "r.csv"), row.names = FALSE)
versions <- sapply(c("psych", "lavaan", "lme4", "mice", "vcd"), function(p) as.character(packageVersion(p)))
cat(R.version.string, paste(names(versions), versions), sep = ", ")
