%{
/* calc.y - grammar of a little statement language; the scanner follows */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "node.h"

extern int yylex(void);
extern int yylineno;
extern char *yytext;
void yyerror(const char *s);

static struct node *root;
%}

%union {
	int		 ival;
	double		 dval;
	char		*sval;
	struct node	*node;
}

%token	<ival>	NUMBER
%token	<sval>	STRING IDENT
%token		IF ELSE WHILE RETURN PRINT FUNCTION
%token		AND OR EQ NE LE GE

%type	<node>	stmt stmts expr opt_expr args block
%start	program

%right	'='
%left	OR
%left	AND
%nonassoc EQ NE '<' '>' LE GE
%left	'+' '-'
%left	'*' '/' '%'
%right	UMINUS '!'
%nonassoc LOWER_THAN_ELSE
%nonassoc ELSE

%%

program
	: /* empty */			{ root = NULL; }
	| program stmt			{ execute($2); freenode($2); }
	| program error ';'		{ yyerrok; }
	;

stmts
	: stmt
	| stmts stmt			{ $$ = mknode(N_SEQ, $1, $2); }
	;

block
	: '{' '}'			{ $$ = NULL; }
	| '{' stmts '}'			{ $$ = $2; }
	;

stmt
	: opt_expr ';'
	| PRINT args ';'		{ $$ = mknode(N_PRINT, $2, NULL); }
	| IF '(' expr ')' stmt		%prec LOWER_THAN_ELSE
		{ $$ = mknode(N_IF, $3, $5); }
	| IF '(' expr ')' stmt ELSE stmt
		{ $$ = mknode(N_IFELSE, $3, mknode(N_SEQ, $5, $7)); }
	| WHILE '(' expr ')' stmt	{ $$ = mknode(N_WHILE, $3, $5); }
	| RETURN opt_expr ';'		{ $$ = mknode(N_RETURN, $2, NULL); }
	| block
	;

opt_expr
	: /* nothing */			{ $$ = NULL; }
	| expr
	;

args
	: expr
	| args ',' expr			{ $$ = mknode(N_LIST, $1, $3); }
	;

expr
	: NUMBER			{ $$ = mknum($1); }
	| STRING			{ $$ = mkstr($1); }
	| IDENT				{ $$ = mkvar(lookup($1)); }
	| IDENT '(' args ')'		{ $$ = mknode(N_CALL, mkvar(lookup($1)), $3); }
	| IDENT '=' expr		{ $$ = mknode('=', mkvar(lookup($1)), $3); }
	| expr '+' expr			{ $$ = mknode('+', $1, $3); }
	| expr '-' expr			{ $$ = mknode('-', $1, $3); }
	| expr '*' expr			{ $$ = mknode('*', $1, $3); }
	| expr '/' expr			{ $$ = mknode('/', $1, $3); }
	| expr EQ expr			{ $$ = mknode(EQ, $1, $3); }
	| expr AND expr			{ $$ = mknode(AND, $1, $3); }
	| '-' expr %prec UMINUS		{ $$ = mknode(UMINUS, $2, NULL); }
	| '(' expr ')'			{ $$ = $2; }
	;

%%

void
yyerror(const char *s)
{
	fprintf(stderr, "%d: %s near `%s'\n", yylineno, s, yytext);
}

int
main(void)
{
	return yyparse();
}

/* ------------------------------ scan.l ------------------------------ */
%{
#include "y.tab.h"
static int kwlookup(const char *);
%}

%option noyywrap yylineno nounput
%x COMMENT

D	[0-9]
L	[a-zA-Z_]
WS	[ \t\r\n]

%%

"/*"			BEGIN(COMMENT);
<COMMENT>"*/"		BEGIN(INITIAL);
<COMMENT>.|\n		;
"//".*			/* skip */
{WS}+			;
"if"			return IF;
"else"			return ELSE;
"while"			return WHILE;
"print"			return PRINT;
0[xX][0-9a-fA-F]+	|
{D}+			{ yylval.ival = strtol(yytext, NULL, 0); return NUMBER; }
{L}({L}|{D})*		{ yylval.sval = strdup(yytext); return IDENT; }
\"([^"\\\n]|\\.)*\"	{
				yylval.sval = strdup(yytext + 1);
				yylval.sval[yyleng - 2] = '\0';
				return STRING;
			}
"=="			return EQ;
"!="			return NE;
"<="			return LE;
"&&"			return AND;
[-+*/%=<>!(){};,]	return *yytext;
.			{ fprintf(stderr, "bad character %c\n", *yytext); }
<<EOF>>			yyterminate();

%%
