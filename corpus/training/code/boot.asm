; ---------------------------------------------------------------
; boot.asm - boot sector that prints a message and loads a kernel
; assemble:  nasm -f bin boot.asm -o boot.bin
; ---------------------------------------------------------------

        BITS    16
        ORG     0x7C00

%define STACK_TOP   0x7C00
%define LOAD_SEG    0x1000
SECTORS equ     8

start:
        cli
        xor     ax, ax
        mov     ds, ax
        mov     es, ax
        mov     ss, ax
        mov     sp, STACK_TOP
        sti
        mov     [drive], dl             ; BIOS leaves the boot drive in DL

        mov     si, banner
        call    print

        mov     cx, 3                   ; three attempts
.retry: push    cx
        mov     ah, 00h
        int     13h                     ; reset the disk
        mov     ax, LOAD_SEG
        mov     es, ax
        xor     bx, bx
        mov     ax, 0200h + SECTORS
        mov     cx, 0002h
        mov     dh, 0
        mov     dl, [drive]
        int     13h
        pop     cx
        jnc     .ok
        loop    .retry
        mov     si, failed
        call    print
.hang:  hlt
        jmp     short .hang
.ok:    jmp     LOAD_SEG:0000h

; print the string at DS:SI
print:
        pusha
.next:  lodsb
        or      al, al
        jz      .done
        mov     ah, 0Eh
        mov     bx, 0007h
        int     10h
        jmp     .next
.done:  popa
        ret

banner  db      'Loading...', 0Dh, 0Ah, 0
failed  db      'Disk error', 13, 10, 0
drive   db      0

        times   510-($-$$) db 0
        dw      0AA55h

; --------------------------- MASM part ---------------------------
        .386
        .model  flat, stdcall
        option  casemap:none
include     windows.inc
includelib  kernel32.lib

        .data
count   dd      ?
text    db      "Total: %d",0

        .code
Sum     proc    uses esi ecx lpArray:DWORD, nItems:DWORD
        local   total:DWORD
        mov     esi, lpArray
        mov     ecx, nItems
        xor     eax, eax
@@:     add     eax, dword ptr [esi+ecx*4-4]
        dec     ecx
        jnz     @B
        mov     total, eax
        cmp     eax, 0FFFFh
        jae     overflow
        test    al, 1
        je      even_sum
        shl     eax, 1
        lea     edx, [eax+eax*4]
overflow:
        stc
even_sum:
        push    offset text
        call    OutputDebugString
        invoke  ExitProcess, 0
        ret
Sum     endp
        end     start
