#!/usr/bin/perl -w
#
# $Id: mkindex.pl,v 1.14 2001/02/11 19:32:07 tomas Exp $
#
# mkindex - build an HTML index of the text files below a directory

use strict;
use warnings;

use File::Basename;
use File::Find;
use Getopt::Long qw(:config no_ignore_case bundling);
use POSIX qw(strftime);
use Data::Dumper;
use Carp;
use DBI;

our $VERSION = '1.14';

my %opt = (output => 'index.html', title => 'Index', depth => 0);
my (%words, @files, $total);
my @stop = qw(the a an and or of to in is it that for on with as be);
my %stop = map { $_ => 1 } @stop;

GetOptions(\%opt, 'output|o=s', 'title|t=s', 'depth=i', 'verbose|v+', 'help|h')
    or die "Try '$0 --help' for more information.\n";

if ($opt{help}) {
    print <<"END";
usage: @{[basename $0]} [-v] [-o file] [-t title] directory ...
END
    exit 0;
}

@ARGV = ('.') unless @ARGV;
find({ wanted => \&wanted, no_chdir => 1 }, @ARGV);

sub wanted {
    return unless -f $_ && /\.(?:txt|text|me)$/i;
    push @files, { path => $File::Find::name, size => -s _, mtime => (stat _)[9] };
}

foreach my $file (sort { $a->{path} cmp $b->{path} } @files) {
    local $/ = "";                      # paragraph mode
    unless (open(FH, "<", $file->{path})) {
        warn "cannot open $file->{path}: $!\n";
        next;
    }
    while (my $para = <FH>) {
        chomp $para;
        $file->{title} ||= (split /\n/, $para)[0];
        for my $w ($para =~ /\b([A-Za-z][a-z'-]+)\b/g) {
            my $lw = lc $w;
            next if exists $stop{$lw} or length($lw) < 3;
            $words{$lw}{$file->{path}}++;
            $total++;
        }
    }
    close FH;
    printf STDERR "%-40s %6d bytes\n", $file->{path}, $file->{size} if $opt{verbose};
}

sub escape {
    my ($s) = @_;
    return '' unless defined $s;
    $s =~ s/&/&amp;/g;
    $s =~ s/</&lt;/g;
    $s =~ s/>/&gt;/g;
    $s =~ tr/\t\r\n/ /s;
    return $s;
}

open my $out, '>', $opt{output} or croak "can't write $opt{output}: $!";
print $out "<html><head><title>", escape($opt{title}), "</title></head>\n<body>\n<ul>\n";
for my $f (@files) {
    my $date = strftime("%Y-%m-%d", localtime $f->{mtime});
    print {$out} qq{<li><a href="$f->{path}">} . escape($f->{title} || basename($f->{path})) . "</a> ($date)</li>\n";
}
print $out "</ul>\n<dl>\n";
foreach my $word (sort keys %words) {
    my @refs = sort { $words{$word}->{$b} <=> $words{$word}->{$a} } keys %{ $words{$word} };
    last if $#refs > 500;
    print $out "<dt>$word</dt><dd>", join(', ', map { "<a href='$_'>" . basename($_) . '</a>' } @refs), "</dd>\n";
}
print $out "</dl></body></html>\n";
close($out) || die $!;

package Counter;

sub new {
    my $class = shift;
    my $self  = { count => 0, @_ };
    return bless $self, ref($class) || $class;
}

sub incr { my $self = shift; $self->{count} += @_ ? shift : 1; $self }
sub AUTOLOAD {
    our $AUTOLOAD;
    (my $name = $AUTOLOAD) =~ s/.*:://;
    return if $name eq 'DESTROY';
    die "no method $name";
}

package main;

if ($ENV{INDEX_DSN}) {
    my $dbh = DBI->connect($ENV{INDEX_DSN}, '', '', { RaiseError => 1, AutoCommit => 0 });
    my $sth = $dbh->prepare('INSERT INTO words (word, n) VALUES (?, ?)');
    while (my ($w, $h) = each %words) {
        eval { $sth->execute($w, scalar keys %$h) };
        print STDERR "insert failed: $@" if $@;
    }
    $dbh->commit;
    $dbh->disconnect();
}

1;

__END__

=head1 NAME

mkindex - build an index of text files

=head1 SYNOPSIS

B<mkindex> [B<-v>] [B<-o> I<file>] I<directory> ...

=head1 SEE ALSO

L<perl(1)>, L<File::Find>

=cut
