#! /bin/sh
# Configure script written by hand; checks the system and makes Makefile
# and config.h from their .in templates.

PATH=/bin:/usr/bin:/usr/ucb:/usr/local/bin:$PATH
export PATH
LC_ALL=C; export LC_ALL
umask 022

prefix=/usr/local
exec_prefix='${prefix}'
CC=${CC-cc}
CFLAGS=${CFLAGS-"-O"}
LIBS=
DEFS=
srcdir=.
verbose=no

for ac_option
do
  case "$ac_option" in
  -*=*) ac_optarg=`echo "$ac_option" | sed 's/[-_a-zA-Z0-9]*=//'` ;;
  *) ac_optarg= ;;
  esac

  case "$ac_option" in
  --prefix=*)   prefix=$ac_optarg ;;
  --srcdir=*)   srcdir=$ac_optarg ;;
  --enable-debug) CFLAGS="-g -DDEBUG" ;;
  --with-*)
    ac_package=`echo $ac_option | sed -e 's/^--with-//' -e 's/=.*//'`
    eval "with_`echo $ac_package | sed s/-/_/g`='${ac_optarg:-yes}'" ;;
  -v | --verbose) verbose=yes ;;
  --help | -h)
    sed -n '2,4p' $0
    exit 0 ;;
  *)
    echo "configure: error: $ac_option: invalid option; use --help to show usage" 1>&2
    exit 1 ;;
  esac
done

rm -f conftest* config.log
exec 5>config.log
echo "This file contains any messages produced by compilers while
running configure, to aid debugging if configure makes a mistake." >&5

# echo -n is not portable
if (echo "testing\c"; echo 1,2,3) | grep c >/dev/null; then
  ac_n=-n ac_c=
else
  ac_n= ac_c='\c'
fi

echo $ac_n "checking for gcc... $ac_c"
if test -n "`gcc --version 2>/dev/null`"; then
  CC=gcc
  echo "yes"
else
  echo "no, using $CC"
fi

echo $ac_n "checking whether the C compiler ($CC $CFLAGS) works... $ac_c"
cat > conftest.c <<EOF
#include <stdio.h>
main() { printf("hello\n"); return 0; }
EOF
if $CC $CFLAGS -o conftest conftest.c >&5 2>&1 && test -s conftest && ./conftest >/dev/null
then
  echo yes
else
  echo no
  echo "configure: error: installation or configuration problem: C compiler cannot create executables." 1>&2
  exit 1
fi

for ac_hdr in unistd.h string.h strings.h sys/time.h termios.h sgtty.h dirent.h fcntl.h
do
  echo $ac_n "checking for $ac_hdr... $ac_c"
  echo "#include <$ac_hdr>" > conftest.c
  if $CC -E conftest.c >/dev/null 2>&5; then
    echo yes
    ac_tr=HAVE_`echo $ac_hdr | tr 'abcdefghijklmnopqrstuvwxyz./' 'ABCDEFGHIJKLMNOPQRSTUVWXYZ__'`
    DEFS="$DEFS -D${ac_tr}=1"
  else
    echo no
  fi
done

for ac_func in strdup strerror memmove gettimeofday select vsnprintf
do
  echo $ac_n "checking for $ac_func... $ac_c"
  cat > conftest.c <<EOF
char $ac_func();
int main() { $ac_func(); ; return 0; }
EOF
  if $CC $CFLAGS -o conftest conftest.c $LIBS 2>&5; then
    echo yes
    DEFS="$DEFS -DHAVE_`echo $ac_func | tr '[a-z]' '[A-Z]'`=1"
  else
    echo no
    case $ac_func in
      strdup|memmove) LIBOBJS="$LIBOBJS $ac_func.o" ;;
    esac
  fi
done

case "`uname -s 2>/dev/null`-`uname -r`" in
  SunOS-5*) LIBS="$LIBS -lsocket -lnsl" ;;
  Linux-*)  DEFS="$DEFS -D_GNU_SOURCE" ;;
  HP-UX*)   CFLAGS="$CFLAGS -Aa" ;;
  IRIX* | OSF1*) ;;
  *) test "$verbose" = yes && echo "unknown system, good luck" ;;
esac

rm -f conftest*
for file in Makefile src/Makefile; do
  echo "creating $file"
  sed -e "s%@prefix@%$prefix%g" \
      -e "s%@CC@%$CC%g" \
      -e "s%@CFLAGS@%$CFLAGS%g" \
      -e "s%@DEFS@%$DEFS%g" \
      -e "s%@LIBS@%$LIBS%g" \
      $srcdir/$file.in > $file || exit 1
done
if test ! -f config.status; then
  trap 'rm -f config.status; exit 1' 1 2 15
  echo "$0 $*" > config.status
  chmod +x config.status
fi
echo "Now type \`make' and then \`make install'."
