;;; todo-notes.el --- keep short notes in a plain text file  -*- lexical-binding: t; -*-

;; Author: R. Lindqvist <rl@example.net>
;; Version: 0.4
;; Package-Requires: ((emacs "24.4"))
;; Keywords: convenience, outlines

;; This file is not part of GNU Emacs.

;;; Commentary:

;; M-x todo-notes opens the note file.  Each note is one line, starting
;; with a date.  Bind it to a key in your init file:
;;
;;   (require 'todo-notes)
;;   (global-set-key (kbd "C-c n") #'todo-notes)

;;; Code:

(require 'cl-lib)
(eval-when-compile (require 'subr-x))

(defgroup todo-notes nil
  "Short notes in a text file."
  :group 'convenience
  :prefix "todo-notes-")

(defcustom todo-notes-file (expand-file-name "notes.txt" user-emacs-directory)
  "File in which the notes are kept."
  :type 'file
  :group 'todo-notes)

(defcustom todo-notes-mode-hook nil
  "Hook run when entering `todo-notes-mode'."
  :type 'hook)

(defface todo-notes-done-face
  '((t :inherit shadow :strike-through t))
  "Face used for finished notes.")

(defvar todo-notes-mode-map
  (let ((map (make-sparse-keymap)))
    (define-key map (kbd "C-c C-a") 'todo-notes-add)
    (define-key map (kbd "C-c C-d") 'todo-notes-toggle-done)
    (define-key map "\C-c\C-s" 'todo-notes-sort)
    (define-key map [remap fill-paragraph] #'ignore)
    map)
  "Keymap for `todo-notes-mode'.")

(defconst todo-notes-font-lock-keywords
  '(("^[0-9]\\{4\\}-[0-9]+-[0-9]+" . font-lock-constant-face)
    ("\\_<\\(TODO\\|FIXME\\|URGENT\\)\\_>" 1 font-lock-warning-face t)
    ("^x .*$" 0 'todo-notes-done-face t)))

;;;###autoload
(define-derived-mode todo-notes-mode text-mode "Notes"
  "Major mode for editing note files.

\\{todo-notes-mode-map}"
  (setq-local font-lock-defaults '(todo-notes-font-lock-keywords t))
  (setq-local comment-start "# ")
  (set (make-local-variable 'require-final-newline) t)
  (setq truncate-lines t))

;;;###autoload
(defun todo-notes (&optional other-window)
  "Visit `todo-notes-file'.
With prefix argument OTHER-WINDOW, use another window."
  (interactive "P")
  (let ((buffer (find-file-noselect todo-notes-file)))
    (if other-window
        (pop-to-buffer buffer)
      (switch-to-buffer buffer))
    (unless (derived-mode-p 'todo-notes-mode)
      (todo-notes-mode))
    (goto-char (point-max))))

(defun todo-notes-add (text)
  "Add a note with TEXT at the end of the buffer."
  (interactive "sNote: ")
  (when (string-empty-p (string-trim text))
    (user-error "Nothing to add"))
  (save-excursion
    (goto-char (point-max))
    (unless (bolp) (insert "\n"))
    (insert (format-time-string "%Y-%m-%d ") text ?\n))
  (message "Added: %s" text))

(defun todo-notes-toggle-done ()
  "Mark the note at point as done, or not done."
  (interactive)
  (save-excursion
    (beginning-of-line)
    (if (looking-at "x ")
        (delete-char 2)
      (insert "x "))))

(defun todo-notes-sort (beg end)
  "Sort the notes between BEG and END, the finished ones last."
  (interactive (if (use-region-p)
                   (list (region-beginning) (region-end))
                 (list (point-min) (point-max))))
  (save-restriction
    (narrow-to-region beg end)
    (let* ((lines (split-string (buffer-string) "\n" t))
           (done (cl-remove-if-not (lambda (l) (string-prefix-p "x " l)) lines))
           (open (cl-set-difference lines done :test #'string=)))
      (delete-region (point-min) (point-max))
      (dolist (line (append (sort open #'string<) done))
        (insert line "\n")))))

(defun todo-notes--count (regexp)
  "Return how many lines match REGEXP."
  (let ((n 0))
    (save-match-data
      (save-excursion
        (goto-char (point-min))
        (while (re-search-forward regexp nil t)
          (setq n (1+ n)))))
    n))

(add-to-list 'auto-mode-alist '("notes\\.txt\\'" . todo-notes-mode))

(provide 'todo-notes)

;;; todo-notes.el ends here
