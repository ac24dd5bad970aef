{$MODE OBJFPC}{$H+}
{ ------------------------------------------------------------------
  LIBRARY.PAS  -  a card catalogue kept in a typed file
  ------------------------------------------------------------------ }
program Library;

uses
  Crt, Dos, SysUtils, Classes;

const
  MaxBooks   = 500;
  DataFile   = 'BOOKS.DAT';
  Version    = '1.3';
  Days : array[1..7] of string[3] =
    ('Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun');

type
  Str40    = string[40];
  TSubject = (Fiction, Science, History, Poetry, Reference);
  TBookPtr = ^TBook;

  TBook = record
    Number  : Integer;
    Title   : Str40;
    Author  : Str40;
    Year    : Word;
    OnLoan  : Boolean;
    case Subject : TSubject of
      Fiction   : (Series : string[20]);
      Science   : (Dewey  : Real);
      Reference : (Shelf  : Char);
  end;

  PNode = ^TNode;
  TNode = record
    Book        : TBook;
    Left, Right : PNode;
  end;

var
  Root   : PNode;
  Count  : Integer;
  F      : file of TBook;
  Choice : Char;
  Done   : Boolean;

procedure Pause;
begin
  Write('Press any key...');
  repeat until KeyPressed;
  ReadKey;
  WriteLn
end;

function UpperStr(S : string) : string;
var
  I : Integer;
begin
  for I := 1 to Length(S) do
    S[I] := UpCase(S[I]);
  UpperStr := S
end;

{ Insert a book into the tree ordered by title. }
procedure Insert(var Node : PNode; const B : TBook);
begin
  if Node = nil then
  begin
    New(Node);
    Node^.Book  := B;
    Node^.Left  := nil;
    Node^.Right := nil;
    Inc(Count)
  end
  else if UpperStr(B.Title) < UpperStr(Node^.Book.Title) then
    Insert(Node^.Left, B)
  else
    Insert(Node^.Right, B)
end;

function Find(Node : PNode; Title : Str40) : PNode;
begin
  Title := UpperStr(Title);
  while (Node <> nil) and (UpperStr(Node^.Book.Title) <> Title) do
    if Title < UpperStr(Node^.Book.Title) then
      Node := Node^.Left
    else
      Node := Node^.Right;
  Find := Node
end;

procedure PrintBook(const B : TBook);
begin
  with B do
  begin
    Write(Number:5, '  ', Title, '' : 41 - Length(Title));
    Write(Author:20, Year:6);
    if OnLoan then
      WriteLn('  (on loan)')
    else
      WriteLn
  end
end;

procedure PrintAll(Node : PNode);
begin
  if Node <> nil then
  begin
    PrintAll(Node^.Left);
    PrintBook(Node^.Book);
    PrintAll(Node^.Right)
  end
end;

procedure LoadFile;
var
  B : TBook;
begin
  Assign(F, DataFile);
  {$I-} Reset(F); {$I+}
  if IOResult <> 0 then
  begin
    WriteLn('No data file found, starting with an empty catalogue.');
    Exit
  end;
  while not Eof(F) do
  begin
    Read(F, B);
    Insert(Root, B)
  end;
  Close(F)
end;

procedure SaveTree(Node : PNode);
begin
  if Node = nil then Exit;
  Write(F, Node^.Book);
  SaveTree(Node^.Left);
  SaveTree(Node^.Right)
end;

procedure AddBook;
var
  B : TBook;
  Code : Integer;
  S : string;
begin
  FillChar(B, SizeOf(B), 0);
  B.Number := Count + 1;
  Write('Title : '); ReadLn(B.Title);
  Write('Author: '); ReadLn(B.Author);
  repeat
    Write('Year  : ');
    ReadLn(S);
    Val(S, B.Year, Code)
  until (Code = 0) and (B.Year > 1450);
  B.Subject := Fiction;
  B.OnLoan := False;
  Insert(Root, B)
end;

procedure LoanBook;
var
  P : PNode;
  T : Str40;
begin
  Write('Which title? ');
  ReadLn(T);
  P := Find(Root, T);
  if P = nil then
    WriteLn('Sorry, no such book.')
  else if P^.Book.OnLoan then
    WriteLn('That book is already out.')
  else
  begin
    P^.Book.OnLoan := True;
    WriteLn('Please return it in 14 days.')
  end;
  Pause
end;

begin { main program }
  Root  := nil;
  Count := 0;
  Done  := False;
  ClrScr;
  TextColor(Yellow);
  WriteLn('Library catalogue, version ', Version);
  TextColor(LightGray);
  LoadFile;
  repeat
    GotoXY(1, 3);
    WriteLn('A)dd   L)ist   O)ut on loan   Q)uit');
    Write('Your choice: ');
    Choice := UpCase(ReadKey);
    WriteLn(Choice);
    case Choice of
      'A' : AddBook;
      'L' : begin
              PrintAll(Root);
              Pause
            end;
      'O' : LoanBook;
      'Q', #27 : Done := True
    else
      Write(#7)
    end
  until Done;
  Rewrite(F);
  SaveTree(Root);
  Close(F);
  WriteLn(Count, ' books saved.')
end.
