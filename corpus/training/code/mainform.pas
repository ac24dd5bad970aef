unit MainForm;

interface

uses
  Windows, Messages, SysUtils, Variants, Classes, Graphics, Controls, Forms,
  Dialogs, StdCtrls, ExtCtrls, Menus, ComCtrls;

type
  EParseError = class(Exception);

  TfrmMain = class(TForm)
    btnOpen: TButton;
    btnClose: TButton;
    edtSearch: TEdit;
    lstResults: TListBox;
    memLog: TMemo;
    StatusBar: TStatusBar;
    OpenDialog: TOpenDialog;
    procedure FormCreate(Sender: TObject);
    procedure FormDestroy(Sender: TObject);
    procedure btnOpenClick(Sender: TObject);
    procedure btnCloseClick(Sender: TObject);
    procedure edtSearchChange(Sender: TObject);
  private
    FLines: TStringList;
    FFileName: string;
    procedure SetFileName(const Value: string);
  protected
    procedure Log(const Msg: string; Args: array of const);
  public
    property FileName: string read FFileName write SetFileName;
  end;

  TSorter = class
  private
    FData: array of Integer;
    function GetItem(Index: Integer): Integer;
  public
    constructor Create(ASize: Integer);
    destructor Destroy; override;
    procedure QuickSort(L, R: Integer); virtual;
    property Items[Index: Integer]: Integer read GetItem; default;
  end;

var
  frmMain: TfrmMain;

implementation

{$R *.dfm}

procedure TfrmMain.FormCreate(Sender: TObject);
begin
  FLines := TStringList.Create;
  FLines.Sorted := True;
  FLines.Duplicates := dupIgnore;
  Caption := Application.Title;
end;

procedure TfrmMain.FormDestroy(Sender: TObject);
begin
  FreeAndNil(FLines);
end;

procedure TfrmMain.SetFileName(const Value: string);
begin
  if FFileName <> Value then
  begin
    FFileName := Value;
    StatusBar.SimpleText := ExtractFileName(Value);
  end;
end;

procedure TfrmMain.Log(const Msg: string; Args: array of const);
begin
  memLog.Lines.Add(FormatDateTime('hh:nn:ss', Now) + ' ' + Format(Msg, Args));
end;

procedure TfrmMain.btnOpenClick(Sender: TObject);
begin
  if not OpenDialog.Execute then
    Exit;
  Screen.Cursor := crHourGlass;
  try
    FLines.LoadFromFile(OpenDialog.FileName);
    FileName := OpenDialog.FileName;
    Log('%d lines read from %s', [FLines.Count, FileName]);
  except
    on E: EFOpenError do
      MessageDlg('Cannot open file: ' + E.Message, mtError, [mbOK], 0);
    on E: Exception do
    begin
      Log('Error: %s', [E.Message]);
      raise;
    end;
  end;
  Screen.Cursor := crDefault;
end;

procedure TfrmMain.btnCloseClick(Sender: TObject);
begin
  Close;
end;

procedure TfrmMain.edtSearchChange(Sender: TObject);
var
  i: Integer;
  s: string;
begin
  lstResults.Items.BeginUpdate;
  try
    lstResults.Clear;
    s := LowerCase(Trim(edtSearch.Text));
    for i := 0 to FLines.Count - 1 do
      if (s <> '') and (Pos(s, LowerCase(FLines[i])) > 0) then
        lstResults.Items.Add(FLines[i]);
  finally
    lstResults.Items.EndUpdate;
  end;
end;

{ TSorter }

constructor TSorter.Create(ASize: Integer);
begin
  inherited Create;
  SetLength(FData, ASize);
end;

destructor TSorter.Destroy;
begin
  FData := nil;
  inherited;
end;

function TSorter.GetItem(Index: Integer): Integer;
begin
  Result := FData[Index];
end;

procedure TSorter.QuickSort(L, R: Integer);
var
  I, J, P, T: Integer;
begin
  I := L;
  J := R;
  P := FData[(L + R) shr 1];
  repeat
    while FData[I] < P do Inc(I);
    while FData[J] > P do Dec(J);
    if I <= J then
    begin
      T := FData[I]; FData[I] := FData[J]; FData[J] := T;
      Inc(I); Dec(J);
    end;
  until I > J;
  if L < J then QuickSort(L, J);
  if I < R then QuickSort(I, R);
end;

end.
