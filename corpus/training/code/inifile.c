/******************************************************************************
 *
 *  INIFILE.C  -  configuration file reader and small expression evaluator
 *
 *  This program is free software; you can redistribute it and/or modify
 *  it under the terms of the GNU General Public License as published by
 *  the Free Software Foundation; either version 2 of the License, or
 *  (at your option) any later version.
 *
 ******************************************************************************/

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <ctype.h>
#include <stdarg.h>
#include <math.h>
#include <setjmp.h>

#define INI_MAXLINE   1024
#define INI_OK        0
#define INI_EOPEN   (-1)
#define INI_ESYNTAX (-2)
#define INI_ENOMEM  (-3)

typedef struct _ini_pair
{
  char             *name;
  char             *value;
  struct _ini_pair *next;
} ini_pair;

typedef struct _ini_section
{
  char                *name;
  ini_pair            *first;
  ini_pair           **tail;
  struct _ini_section *next;
} ini_section;

typedef struct
{
  ini_section *sections;
  int          line_no;
  char         errbuf[128];
} ini_file;

typedef enum { TOK_END, TOK_NUM, TOK_NAME, TOK_OP, TOK_LPAREN, TOK_RPAREN } token_type;

struct lexer
{
  const char *src;
  token_type  type;
  double      num;
  char        text[32];
  jmp_buf     bail;
};

static void set_error (ini_file *ini, const char *fmt, ...)
{
  va_list ap;
  int     n;

  n = sprintf (ini->errbuf, "line %d: ", ini->line_no);
  va_start (ap, fmt);
  vsnprintf (ini->errbuf + n, sizeof (ini->errbuf) - n, fmt, ap);
  va_end (ap);
}

static char *trim (char *s)
{
  char *end;

  while (isspace ((unsigned char) *s))
    ++s;
  end = s + strlen (s);
  while (end > s && isspace ((unsigned char) end[-1]))
    --end;
  *end = '\0';
  return s;
}

static char *dup_string (const char *s)
{
  size_t len = strlen (s) + 1;
  char  *p   = (char *) malloc (len);

  if (p != NULL)
    memcpy (p, s, len);
  return p;
}

static ini_section *find_section (ini_file *ini, const char *name, int create)
{
  ini_section *sec;

  for (sec = ini->sections; sec; sec = sec->next)
    if (!strcmp (sec->name, name))
      return sec;

  if (!create)
    return NULL;

  sec = (ini_section *) malloc (sizeof (ini_section));
  if (!sec)
    return NULL;
  sec->name  = dup_string (name);
  sec->first = NULL;
  sec->tail  = &sec->first;
  sec->next  = ini->sections;
  ini->sections = sec;
  return sec;
}

int ini_load (ini_file *ini, const char *path)
{
  FILE        *fp;
  char         line[INI_MAXLINE];
  char        *s, *eq, *close;
  ini_section *cur;
  ini_pair    *pair;
  int          rc = INI_OK;

  memset (ini, 0, sizeof (*ini));
  if (!(fp = fopen (path, "rt")))
  {
    set_error (ini, "cannot open `%s' for reading", path);
    return INI_EOPEN;
  }

  cur = find_section (ini, "", 1);
  while (fgets (line, sizeof (line), fp) != NULL)
  {
    ini->line_no++;
    s = trim (line);
    if (*s == '\0' || *s == ';' || *s == '#')
      continue;                          /* blank or comment */

    if (*s == '[')
    {
      if ((close = strchr (s, ']')) == NULL)
      {
        set_error (ini, "missing `]'");
        rc = INI_ESYNTAX;
        break;
      }
      *close = '\0';
      cur = find_section (ini, trim (s + 1), 1);
    }
    else if ((eq = strchr (s, '=')) != NULL)
    {
      *eq++ = '\0';
      pair = (ini_pair *) calloc (1, sizeof (ini_pair));
      if (pair == NULL)
      {
        rc = INI_ENOMEM;
        break;
      }
      pair->name  = dup_string (trim (s));
      pair->value = dup_string (trim (eq));
      *cur->tail  = pair;
      cur->tail   = &pair->next;
    }
    else
    {
      set_error (ini, "expected `name = value' but found \"%s\"", s);
      rc = INI_ESYNTAX;
      break;
    }
  }

  fclose (fp);
  return rc;
}

const char *ini_get (ini_file *ini, const char *section, const char *name,
                     const char *deflt)
{
  ini_section *sec = find_section (ini, section, 0);
  ini_pair    *p;

  if (sec == NULL)
    return deflt;
  for (p = sec->first; p != NULL; p = p->next)
    if (strcmp (p->name, name) == 0)
      return p->value;
  return deflt;
}

long ini_get_long (ini_file *ini, const char *section, const char *name, long deflt)
{
  const char *v = ini_get (ini, section, name, NULL);
  char       *end;
  long        n;

  if (v == NULL || *v == '\0')
    return deflt;
  n = strtol (v, &end, 0);
  return (*end == '\0') ? n : deflt;
}

/*---------------------------- expressions ----------------------------------*/

static void next_token (struct lexer *lx)
{
  int i = 0;

  while (*lx->src == ' ' || *lx->src == '\t')
    lx->src++;

  if (*lx->src == 0)
    lx->type = TOK_END;
  else if (isdigit (*lx->src) || *lx->src == '.')
  {
    char *end;
    lx->num  = strtod (lx->src, &end);
    lx->src  = end;
    lx->type = TOK_NUM;
  }
  else if (isalpha (*lx->src) || *lx->src == '_')
  {
    while ((isalnum (*lx->src) || *lx->src == '_') && i < 31)
      lx->text[i++] = *lx->src++;
    lx->text[i] = 0;
    lx->type = TOK_NAME;
  }
  else
  {
    lx->type = *lx->src == '(' ? TOK_LPAREN : *lx->src == ')' ? TOK_RPAREN : TOK_OP;
    lx->text[0] = *lx->src++;
    lx->text[1] = 0;
  }
}

static double expr (struct lexer *lx);

static double primary (struct lexer *lx)
{
  double v;

  switch (lx->type)
  {
    case TOK_NUM:
      v = lx->num;
      next_token (lx);
      return v;

    case TOK_LPAREN:
      next_token (lx);
      v = expr (lx);
      if (lx->type != TOK_RPAREN)
        longjmp (lx->bail, 2);
      next_token (lx);
      return v;

    case TOK_OP:
      if (lx->text[0] == '-')
      {
        next_token (lx);
        return -primary (lx);
      }
      /* FALLTHROUGH */

    default:
      longjmp (lx->bail, 1);
  }
}

static double term (struct lexer *lx)
{
  double v = primary (lx), d;

  while (lx->type == TOK_OP && strchr ("*/%", lx->text[0]))
  {
    int op = lx->text[0];
    next_token (lx);
    d = primary (lx);
    if (op == '*')
      v *= d;
    else if (d == 0.0)
      longjmp (lx->bail, 3);             /* division by zero */
    else
      v = (op == '/') ? v / d : fmod (v, d);
  }
  return v;
}

static double expr (struct lexer *lx)
{
  double v = term (lx);

  for (;;)
  {
    if (lx->type != TOK_OP)
      return v;
    if (lx->text[0] == '+')
      { next_token (lx); v += term (lx); }
    else if (lx->text[0] == '-')
      { next_token (lx); v -= term (lx); }
    else
      return v;
  }
}
