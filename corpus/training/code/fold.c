static char *sccsid = "@(#)fold.c	4.2 (Local) 11/18/83";

/*
 *	fold - break long lines, number them, expand tabs
 *
 *	fold [ -n ] [ -t tabstop ] [ -w width ] [ file ... ]
 */

#include <stdio.h>
#include <ctype.h>
#include <signal.h>
#include <sgtty.h>

#define	TRUE	1
#define	FALSE	0
#define	LINSIZ	512
#define	NHASH	127

extern	char *malloc(), *index(), *rindex(), *getenv();
extern	int errno;
extern	char *sys_errlist[];

struct word {
	char	*w_name;
	int	w_count;
	struct	word *w_left;
	struct	word *w_right;
};

struct	word *root;
char	line[LINSIZ];
char	*progname;
int	nflag;			/* number output lines */
int	vflag;
int	width = 72;
int	tabstop = 8;
int	lineno;
int	errs = 0;

main(argc, argv)
	int argc;
	char **argv;
{
	register FILE *f;
	register char *cp;
	int onintr();

	if ((progname = rindex(argv[0], '/')) == NULL)
		progname = argv[0];
	else
		progname++;
	if (signal(SIGINT, SIG_IGN) != SIG_IGN)
		signal(SIGINT, onintr);

	argc--, argv++;
	while (argc > 0 && **argv == '-') {
		for (cp = *argv + 1; *cp; cp++)
			switch (*cp) {

			case 'n':
				nflag++;
				break;

			case 'v':
				vflag++;
				break;

			case 't':
			case 'w':
				if (argc < 2)
					usage();
				if (*cp == 't')
					tabstop = atoi(argv[1]);
				else
					width = atoi(argv[1]);
				argc--, argv++;
				cp = " ";
				break;

			default:
				fprintf(stderr, "%s: unknown flag -%c\n", progname, *cp);
				usage();
			}
		argc--, argv++;
	}
	if (width <= 0 || tabstop <= 0 || width >= LINSIZ) {
		error("ridiculous width", (char *)0);
		exit(1);
	}
	if (argc == 0)
		fold(stdin);
	else do {
		if ((f = fopen(*argv, "r")) == NULL) {
			error("can't open %s", *argv);
			errs++;
			continue;
		}
		fold(f);
		fclose(f);
	} while (argv++, --argc > 0);
	if (vflag)
		treeprint(root);
	exit(errs);
}

usage()
{
	fprintf(stderr, "usage: %s [-nv] [-t tabstop] [-w width] [file ...]\n",
		progname);
	exit(2);
}

/*
 * Copy one file to the standard output, folding as we go.
 * A word that does not fit is carried to the next line.
 */
fold(fp)
	FILE *fp;
{
	register int c;
	register int col;
	register char *p;
	char *lastblank;

	col = 0;
	p = line;
	lastblank = NULL;
	while ((c = getc(fp)) != EOF) {
		switch (c) {
		case '\n':
			*p = '\0';
			putline(line);
			p = line;
			col = 0;
			lastblank = NULL;
			continue;
		case '\t':
			do {
				*p++ = ' ';
				col++;
			} while (col % tabstop && col < width);
			lastblank = p - 1;
			break;
		case '\b':
			if (p > line) {
				p--;
				col--;
			}
			continue;
		case ' ':
			lastblank = p;
			/* fall into... */
		default:
			*p++ = c;
			col++;
		}
		if (col < width)
			continue;
		*p = '\0';
		if (lastblank == NULL || lastblank == line) {
			putline(line);
			p = line;
		} else {
			*lastblank++ = '\0';
			putline(line);
			strcpy(line, lastblank);
			p = line + strlen(line);
		}
		col = p - line;
		lastblank = NULL;
	}
	if (p != line) {
		*p = '\0';
		putline(line);
	}
}

putline(s)
	register char *s;
{
	if (nflag)
		printf("%6d  ", ++lineno);
	puts(s);
	if (vflag)
		countwords(s);
}

countwords(s)
	register char *s;
{
	register char *t;
	struct word *tree();
	char save;

	for (;;) {
		while (*s && !isalpha(*s))
			s++;
		if (*s == 0)
			return;
		for (t = s; isalpha(*t) || *t == '\''; t++)
			;
		save = *t;
		*t = 0;
		root = tree(root, s);
		*t = save;
		s = t;
	}
}

/* install a copy of w at or below p */
struct word *
tree(p, w)
	struct word *p;
	char *w;
{
	int cond;
	char *strsave();

	if (p == NULL) {
		p = (struct word *)malloc(sizeof(struct word));
		if (p == NULL) {
			error("out of core", (char *)0);
			exit(1);
		}
		p->w_name = strsave(w);
		p->w_count = 1;
		p->w_left = p->w_right = NULL;
	} else if ((cond = strcmp(w, p->w_name)) == 0)
		p->w_count++;
	else if (cond < 0)
		p->w_left = tree(p->w_left, w);
	else
		p->w_right = tree(p->w_right, w);
	return(p);
}

treeprint(p)
	struct word *p;
{
	if (p != NULL) {
		treeprint(p->w_left);
		printf("%4d %s\n", p->w_count, p->w_name);
		treeprint(p->w_right);
	}
}

char *
strsave(s)
	char *s;
{
	register char *p;

	if ((p = malloc(strlen(s) + 1)) != NULL)
		strcpy(p, s);
	return(p);
}

/* VARARGS1 */
error(fmt, arg)
	char *fmt, *arg;
{
	fflush(stdout);
	fprintf(stderr, "%s: ", progname);
	fprintf(stderr, fmt, arg);
	if (errno > 0)
		fprintf(stderr, " (%s)", sys_errlist[errno]);
	putc('\n', stderr);
}

onintr()
{
	signal(SIGINT, SIG_IGN);
	fflush(stdout);
	exit(1);
}
