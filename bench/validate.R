# Computes with R what `python -m bench.validate` compares; writes name,value rows.
suppressPackageStartupMessages({library(psych); library(lavaan); library(lme4)})
arguments <- commandArgs(trailingOnly = TRUE)
folder <- arguments[1]
items <- read.csv(file.path(folder, "items.csv"))
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
one <- cfa(paste("f =~", paste(names(first), collapse = " + ")), first, std.lv = TRUE,
           control = tight, optim.force.converged = TRUE)
p <- parameterEstimates(one)
l <- p$est[p$op == "=~"]; u <- p$est[p$op == "~~" & p$lhs != "f"]
put("omega total", sum(l)^2 / (sum(l)^2 + sum(u)))

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
versions <- sapply(c("psych", "lavaan", "lme4"), function(p) as.character(packageVersion(p)))
cat(R.version.string, paste(names(versions), versions), sep = ", ")
