/*------------------------------------------------------------------------
 *  game.h : shared definitions for the dungeon engine
 *
 *  Everything that more than one module needs lives here.  Keep the order
 *  constants - types - globals - prototypes.
 *----------------------------------------------------------------------*/

#ifndef GAME_H_INCLUDED
#define GAME_H_INCLUDED

#ifdef HAVE_CONFIG_H
# include "config.h"
#endif

#include <stddef.h>
#include <stdarg.h>
#include <limits.h>
#include <time.h>

#if defined(__STDC__) || defined(__cplusplus)
#  define P(args)  args
#else
#  define P(args)  ()
#  define const
#endif

#ifdef __cplusplus
extern "C" {
#endif

#ifndef TRUE
typedef int bool_t;
# define TRUE   1
# define FALSE  0
#endif

#define MAP_ROWS        24
#define MAP_COLS        80
#define MAX_MONSTERS    64
#define MAX_ITEMS       128
#define MAX_NAME        32
#define MSG_LINE        0
#define BUFSZ           256

#define MIN(a, b)       ((a) < (b) ? (a) : (b))
#define MAX(a, b)       ((a) > (b) ? (a) : (b))
#define ABS(x)          ((x) < 0 ? -(x) : (x))
#define SGN(x)          (((x) > 0) - ((x) < 0))
#define NELEM(a)        ((int)(sizeof (a) / sizeof ((a)[0])))
#define CTRL(c)         ((c) & 037)
#define IN_MAP(x, y)    ((x) >= 0 && (x) < MAP_COLS && (y) >= 0 && (y) < MAP_ROWS)

/* directions */
enum dir { DIR_N, DIR_NE, DIR_E, DIR_SE, DIR_S, DIR_SW, DIR_W, DIR_NW, DIR_MAX };

/* terrain codes, as stored in the level file */
#define T_NOTHING       ' '
#define T_WALL          '#'
#define T_FLOOR         '.'
#define T_DOOR          '+'
#define T_OPENDOOR      '\''
#define T_UP            '<'
#define T_DOWN          '>'
#define T_WATER         '~'
#define T_TRAP          '^'

/* cell flags */
#define CF_SEEN         0x0001
#define CF_LIT          0x0002
#define CF_VISIBLE      0x0004
#define CF_BLOOD        0x0008
#define CF_NOTELEPORT   0x0010
#define CF_DARK         0x0020

/* item flags */
#define IF_CURSED       00001
#define IF_BLESSED      00002
#define IF_IDENTIFIED   00004
#define IF_EQUIPPED     00010
#define IF_STACKABLE    00020
#define IF_QUEST        00040

/* monster attributes */
#define MA_HOSTILE      (1L << 0)
#define MA_ASLEEP       (1L << 1)
#define MA_FLIES        (1L << 2)
#define MA_SWIMS        (1L << 3)
#define MA_UNDEAD       (1L << 4)
#define MA_INVISIBLE    (1L << 5)
#define MA_CASTER       (1L << 6)
#define MA_THIEF        (1L << 7)
#define MA_BOSS         (1L << 8)

enum item_class {
    IC_NONE = 0,
    IC_WEAPON,
    IC_ARMOUR,
    IC_SHIELD,
    IC_POTION,
    IC_SCROLL,
    IC_RING,
    IC_WAND,
    IC_FOOD,
    IC_GOLD,
    IC_AMULET,
    IC_COUNT
};

typedef unsigned char   uchar;
typedef unsigned short  ushort;
typedef unsigned long   ulong;

typedef struct coord {
    short x;
    short y;
} COORD;

typedef struct dice {
    uchar num;          /* how many */
    uchar sides;        /* d4, d6, d8... */
    schar bonus;
} DICE;

typedef struct cell {
    char            terrain;
    ushort          flags;
    struct item    *items;      /* linked through i_next */
    struct monster *mon;
} CELL;

typedef struct item {
    struct item    *i_next;
    enum item_class i_class;
    int             i_kind;     /* index into the kind table */
    int             i_count;
    int             i_plus;     /* enchantment */
    int             i_charges;
    ulong           i_flags;
    COORD           i_pos;
} ITEM;

struct monster {
    const struct mon_type *m_type;
    char    m_name[MAX_NAME + 1];
    int     m_hp, m_maxhp;
    int     m_level;
    int     m_speed;
    COORD   m_pos, m_target;
    ulong   m_flags;
    ITEM   *m_pack;
    int   (*m_ai) P((struct monster *));
};

struct mon_type {
    char        symbol;
    const char *name;
    int         level;
    int         armour;
    DICE        hit_dice;
    DICE        attack[3];
    ulong       flags;
    int         rarity;         /* 0 = never generated at random */
};

struct player {
    char    name[MAX_NAME];
    int     hp, maxhp;
    int     mana, maxmana;
    int     str, dex, con, intel, wis, cha;
    int     level;
    long    exp;
    long    gold;
    int     hunger;
    int     depth;
    COORD   pos;
    ITEM   *pack;
    ITEM   *wielded;
    ITEM   *worn;
    union {
        struct { int sneak, backstab; } thief;
        struct { int spells[16]; }      mage;
    } u;
};

struct command {
    int          key;
    const char  *help;
    int        (*func) P((int count));
};

#ifdef DEFINE_TABLES
const struct mon_type mon_types[] = {
    /* sym  name              lvl  ac  hit dice     attacks                               flags                      rar */
    { 'r', "giant rat",        1,   7, { 1, 4, 0 }, { { 1, 3, 0 } },                       MA_HOSTILE,                10 },
    { 'b', "cave bat",         1,   8, { 1, 3, 0 }, { { 1, 2, 0 }, { 1, 2, 0 } },          MA_HOSTILE | MA_FLIES,      8 },
    { 'k', "kobold",           2,   6, { 1, 6, 1 }, { { 1, 6, 0 } },                       MA_HOSTILE,                 9 },
    { 'o', "orc captain",      4,   4, { 3, 8, 2 }, { { 1, 8, 1 }, { 1, 6, 0 } },          MA_HOSTILE,                 5 },
    { 'Z', "rotting zombie",   3,   8, { 2, 8, 0 }, { { 1, 8, 0 } },                       MA_HOSTILE | MA_UNDEAD,     6 },
    { 'n', "water nymph",      5,   9, { 3, 8, 0 }, { { 0, 0, 0 } },                       MA_SWIMS | MA_THIEF,        3 },
    { 'L', "lich",            12,   0, { 9, 8, 9 }, { { 1, 10, 0 } },                      MA_UNDEAD | MA_CASTER,      1 },
    { 'D', "red dragon",      15,  -1, { 12, 8, 0 }, { { 3, 10, 0 }, { 1, 8, 0 }, { 1, 8, 0 } }, MA_FLIES | MA_BOSS, 1 },
    { 0, NULL, 0, 0, { 0, 0, 0 }, { { 0, 0, 0 } }, 0L, 0 }
};
#else
extern const struct mon_type mon_types[];
#endif

extern CELL           level[MAP_ROWS][MAP_COLS];
extern struct player  u;
extern long           turns;
extern int            wizard_mode, game_over;
extern const COORD    delta[DIR_MAX];

/* command.c */
extern int   do_command P((void));
extern int   do_move P((int dx, int dy));
extern void  do_help P((void));

/* fight.c */
extern int   attack P((struct monster *attacker, struct monster *victim));
extern void  killed P((struct monster *m, const char *cause));
extern int   roll P((const DICE *d));

/* items.c */
extern ITEM *make_item P((enum item_class cls, int depth));
extern int   pickup P((COORD where));
extern char *describe P((const ITEM *it, char *buf, size_t len));

/* save.c */
extern int   save_game P((const char *filename));
extern int   restore_game P((const char *filename));

/* screen.c */
extern void  msg P((const char *fmt, ...));
extern int   ask_yn P((const char *prompt, int deflt));
extern void  redraw P((void));
extern void  panic P((const char *fmt, ...));

#ifdef __cplusplus
}
#endif

#endif /* GAME_H_INCLUDED */
