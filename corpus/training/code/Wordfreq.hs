{-# LANGUAGE OverloadedStrings #-}
{-# LANGUAGE LambdaCase, TupleSections #-}
-- |
-- Module      : Wordfreq
-- License     : BSD3
-- Stability   : experimental
--
-- Parser combinators and a word counter.
module Main (main, Parser(..), expr) where

import           Control.Applicative
import           Control.Monad       (forM_, unless, when)
import           Control.Monad.State
import           Data.Char           (isAlpha, isDigit, isSpace, toLower)
import           Data.List           (foldl', intercalate, sortBy)
import qualified Data.Map.Strict     as Map
import           Data.Maybe          (fromMaybe, mapMaybe)
import           Data.Ord            (comparing)
import           System.Environment  (getArgs)
import           System.IO

newtype Parser a = Parser { runParser :: String -> Maybe (a, String) }

instance Functor Parser where
  fmap f (Parser p) = Parser $ \s -> case p s of
    Nothing        -> Nothing
    Just (x, rest) -> Just (f x, rest)

instance Applicative Parser where
  pure x = Parser $ \s -> Just (x, s)
  Parser pf <*> Parser px = Parser $ \s -> do
    (f, s')  <- pf s
    (x, s'') <- px s'
    return (f x, s'')

instance Monad Parser where
  return = pure
  p >>= f = Parser $ \s -> runParser p s >>= \(x, s') -> runParser (f x) s'

instance Alternative Parser where
  empty = Parser (const Nothing)
  p <|> q = Parser $ \s -> runParser p s <|> runParser q s

satisfy :: (Char -> Bool) -> Parser Char
satisfy ok = Parser $ \case
  (c:cs) | ok c -> Just (c, cs)
  _             -> Nothing

token :: Parser a -> Parser a
token p = p <* many (satisfy isSpace)

symbol :: Char -> Parser Char
symbol = token . satisfy . (==)

data Expr
  = Num !Int
  | Var String
  | Expr :+: Expr
  | Let String Expr Expr
  deriving (Eq, Ord, Show)

infixl 6 :+:

expr :: Parser Expr
expr = foldl1 (:+:) <$> ((:) <$> atom <*> many (symbol '+' *> atom))
  where
    atom = Num . read <$> token (some (satisfy isDigit))
       <|> Var <$> token (some (satisfy isAlpha))
       <|> symbol '(' *> expr <* symbol ')'

eval :: Map.Map String Int -> Expr -> Either String Int
eval _   (Num n)   = Right n
eval env (Var v)   = maybe (Left ("unbound: " ++ v)) Right (Map.lookup v env)
eval env (a :+: b) = (+) <$> eval env a <*> eval env b
eval env (Let v e body) = do
  x <- eval env e
  eval (Map.insert v x env) body

class Pretty a where
  pretty :: a -> String
  pretty _ = "?"

instance Pretty a => Pretty [a] where
  pretty xs = "[" ++ intercalate ", " (map pretty xs) ++ "]"

freq :: [String] -> [(String, Int)]
freq ws = sortBy (comparing (negate . snd)) . Map.toList $ Map.fromListWith (+) [(map toLower w, 1) | w <- ws, not (null w)]

qsort :: Ord a => [a] -> [a]
qsort []     = []
qsort (p:xs) = qsort [x | x <- xs, x < p] ++ [p] ++ qsort (filter (>= p) xs)

main :: IO ()
main = do
  hSetBuffering stdout NoBuffering
  args <- getArgs
  when (null args) $ hPutStrLn stderr "usage: wordfreq FILE..."
  forM_ args $ \path -> do
    txt <- readFile path
    let top | length txt > 1000 = take 20
            | otherwise         = id
    mapM_ (\(w, n) -> putStrLn (w ++ "\t" ++ show n)) (top (freq (words txt)))

{- The same counter in OCaml, for comparison:

module StringMap = Map.Make (String)

type 'a tree = Leaf | Node of 'a tree * 'a * 'a tree
exception Not_sorted of string

let rec insert x = function
  | Leaf -> Node (Leaf, x, Leaf)
  | Node (l, v, r) as t ->
    if x < v then Node (insert x l, v, r)
    else if x > v then Node (l, v, insert x r)
    else t

let count ic =
  let tbl = Hashtbl.create 97 in
  (try
     while true do
       let w = String.lowercase_ascii (input_line ic) in
       let n = try Hashtbl.find tbl w with Not_found -> 0 in
       Hashtbl.replace tbl w (n + 1)
     done
   with End_of_file -> ());
  Hashtbl.fold (fun k v acc -> (k, v) :: acc) tbl []
  |> List.sort (fun (_, a) (_, b) -> compare b a)

let () =
  let lines = ref 0 in
  List.iter (fun (w, n) -> incr lines; Printf.printf "%6d %s\n" n w) (count stdin);
  match !lines with
  | 0 -> prerr_endline "empty input"
  | n when n > 100 -> exit 1
  | _ -> ()
-}
